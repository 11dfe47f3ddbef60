"""Schemas of the pricing routes."""
