"""What `manage.py studio` starts, watches and stops: Redis, the web server, workers, the simulator."""
