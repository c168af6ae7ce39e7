"""Addresses given by people, opened without reaching private networks."""
