"""The pages of generation, one module for each page: its view and what its template shows."""
