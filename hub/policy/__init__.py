"""Every number of the estate, under its clause."""
