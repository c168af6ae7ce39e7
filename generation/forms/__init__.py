"""Forms that are built from the model catalog: catalog → controls, form → parameters, parameters → form.

One builder serves the composer, the page for all kinds, shot lists and the command line. A control's name is the place
of its value in the request, such as `providerSettings.multiPrompt.0.prompt`. Each file that can be picked for a list
has a name of its own, `references.asset:{id}`, and its attributes stand below that: `references.asset:{id}.tag`.
"""
