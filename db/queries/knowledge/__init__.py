"""Queries of articles, passages, questions, and of the revision of all of them."""
