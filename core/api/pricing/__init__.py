"""The pricing module's routes, with the pricing seed's paths and field names."""
