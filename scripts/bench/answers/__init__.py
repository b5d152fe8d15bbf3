"""How well questions are answered from articles alone, and the fit of the weights for it."""
