"""The pages of projects, one module for each page: its view and what its template shows."""
