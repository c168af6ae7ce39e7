"""A studio of two machines as docs/deploy.md has it, upgraded while it works: `python -m tests.deploy`."""
