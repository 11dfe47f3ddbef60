"""Meituan's partner gateway, generation B (meituan.md)."""
