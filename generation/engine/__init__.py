"""The steps of a worker: submit, poll, collect, check and sweep, and what they share. The only room that knows RQ."""
