"""Jobs: slow work outside a transaction, which goes on until done, whatever dies in between."""
