"""Prices and codes: what a photo shop asks and grants, and why a cart costs what it costs."""
