"""The footage that lies at the agent: its index, and the files beneath its folder."""
