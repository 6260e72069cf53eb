"""Verifies an audit log by docs/design/audit.md alone: nothing here is shared with what writes it, and a test holds that."""
