"""The Runway API on this machine: its paths, headers, checks, task life, errors and prices, and real clips.

It runs as a process of its own (`manage.py runway_simulator`), needs no database and no sign-in, and remembers its
tasks over a restart. Any key that begins with `key_` is taken. What a task does can be asked for by words in its
prompt, so that a person or a test can see what happens then:

    [seconds:3]         the task takes 3 seconds from its start to its end
    [fail:CODE]         it ends as FAILED with that failureCode, e.g. [fail:SAFETY.INPUT.TEXT]; [fail:NONE] has no code
    [expire:2]          its output links live for 2 seconds; each look at the task gives a fresh one
    [http:503]          the creating call answers with that status; 500, 502 and 504 make the task all the same
    [hang:5]            the task is made at once, the creating call answers 5 seconds later
    [poll:500]          looking at the task answers with that status
    [output:404]        downloading the clip answers with that status

The three with a status may say how often, and then all is well: [http:503*2] is refused twice. They count from the
start of the process, [http:…] for each prompt, the others for each task.
"""
