"""The request to this worker process to stop."""

import threading

# set by the worker's signal handler; long steps look at it
requested = threading.Event()
