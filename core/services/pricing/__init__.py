"""Use cases of the pricing module."""
