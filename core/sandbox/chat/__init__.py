"""The chat apps as their users see them, and the callbacks those users cause."""
