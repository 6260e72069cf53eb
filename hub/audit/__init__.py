"""The audit log: who did what, when and why, in a chain that nobody can rewrite unseen. docs/design/audit.md."""
