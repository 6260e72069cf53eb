"""The hub: takes events in, finds what is wrong, and tells people."""
