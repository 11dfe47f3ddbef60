"""Administration pages: one file per noun, over `core.services.admin`."""
