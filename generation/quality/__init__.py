"""What arrives is looked at: whether a take is whole, and what was asked for. Nothing here knows Django but `rows`.

`judging.judge()` is the whole of it, from a file to a verdict; `apart.judge_apart()` does the same in a process of its
own, within limits of time and memory, since a file from outside may be slow, huge, or the end of its decoder.
"""
