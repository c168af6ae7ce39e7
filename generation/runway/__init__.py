"""Runway's API: the client, its errors, request bodies, and the catalog of models with their rules and prices."""
