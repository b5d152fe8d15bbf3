"""Knowledge: articles, imports, the search, and proposed questions."""
