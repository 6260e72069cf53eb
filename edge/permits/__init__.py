"""The table of permits at the agent: held whole, followed change by change, fetched in chunks, kept on disk."""
