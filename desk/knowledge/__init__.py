"""Knowledge: articles, the search in them, and how far an answer from them can be trusted."""
