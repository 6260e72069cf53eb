"""Number plates from pictures: find, straighten, read twice, agree, vote. Nothing here is loaded by who has no such camera."""
