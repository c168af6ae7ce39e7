"""What a worker does at one go: submit, poll, collect, sweep."""
