"""Jobs: slow work that goes on after the response."""
