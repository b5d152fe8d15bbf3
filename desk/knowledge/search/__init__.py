"""The index of all passages in this process, and the search in it. No input or output here."""
