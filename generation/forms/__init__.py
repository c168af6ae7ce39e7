"""Forms for requests, made from the catalogue: what a field is filled in by, and what is read out of it.

A control's name is its place in the request: `providerSettings.multiPrompt.0.prompt`. Of files that are picked each has
its own, `references.asset:{id}`, and what is said of it stands below: `references.asset:{id}.tag`.
"""
