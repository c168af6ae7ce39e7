"""The Django project: settings, addresses, the API, health, and the processes of the studio."""
