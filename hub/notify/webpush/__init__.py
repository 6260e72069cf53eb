"""A push to a guard's phone by the browser's own service: that there is something, and nothing of what it is."""
