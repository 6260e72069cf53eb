"""The estate as a versioned document: how it is written, compared, imported, drawn, and put in force."""
