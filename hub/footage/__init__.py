"""Footage at the hub: which segments agents have, who looks at them, and what goes out."""
