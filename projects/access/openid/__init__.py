"""Sign-in by OpenID Connect: the protocol is allauth's; whom an identity signs in is decided here."""
