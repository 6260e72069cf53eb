"""Who went through which gate, who is in, what explains each opening, and which plates are looked for."""
