"""Clients: listed, shown, named, blocked; what is kept of them given out, or deleted."""
