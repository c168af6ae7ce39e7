"""The JSON API of generation, one module for each resource."""
