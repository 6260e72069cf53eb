"""The book of permits within a turn."""
