"""The WebSocket `/ws/`: the consumer, the hub of each web process, and who may listen to what."""
