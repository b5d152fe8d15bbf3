"""Templates that a provider approved: list, show and fetch them."""
