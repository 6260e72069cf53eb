"""Emergency plans: what is done for each kind of emergency, by whom and by when, and what was done. Pure."""
