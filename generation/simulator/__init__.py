"""The Runway API on this machine: its paths, headers, checks, task states, errors and prices, and real files.

It runs as a process of its own (`manage.py runway_simulator`), needs no database and no sign-in, and keeps its tasks
over a restart. It accepts any key that begins with `key_`. Directives in a task's prompt choose what happens to it, so
that a person or a test can see each outcome:

    [seconds:3]         the task takes 3 seconds from start to end
    [fail:CODE]         it ends as FAILED with that failureCode, such as [fail:SAFETY.INPUT.TEXT]; [fail:NONE] has none
    [expire:2]          links to its output live for 2 seconds; every GET of the task returns fresh ones
    [http:503]          the POST that creates it answers with that status; 500, 502 and 504 create the task anyway
    [hang:5]            the task is created at once, and the POST answers 5 seconds later
    [poll:500]          a GET of the task answers with that status
    [output:404]        a download of its output answers with that status

The three with a status can carry a count, after which all is well: [http:503*2] is refused twice. Counts begin with the
process; [http:…] counts for each prompt, the other two for each task.
"""
