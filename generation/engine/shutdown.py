"""Set when this worker was told to stop."""

import threading

requested = threading.Event()
