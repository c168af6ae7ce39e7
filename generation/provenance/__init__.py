"""Where generated files come from: the sidecar of each file, and the disclosure sheet of a film."""
