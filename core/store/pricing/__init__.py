"""Repositories of the pricing module."""
