"""What the edge and the hub say to each other, and nothing else. A leaf: it imports no other room."""
