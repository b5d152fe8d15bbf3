"""How long lists are read: pages, search, and what an agent may see."""
