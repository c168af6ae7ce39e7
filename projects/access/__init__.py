"""Who may do what, for pages, API and sockets: permissions, sign-in, tokens, throttling."""
