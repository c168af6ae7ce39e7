"""The JSON API of projects, one module for each resource."""
