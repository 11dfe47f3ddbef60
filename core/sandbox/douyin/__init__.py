"""Douyin's life service and mini-program protocols (douyin.md)."""
