"""Handle each kind of update; routing.py decides which handler is called."""
