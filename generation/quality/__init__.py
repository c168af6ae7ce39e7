"""Quality control of generated files: whether a file is complete and plays, and whether it is what the request says.

`verdict.judge()` goes from a file to a verdict with reasons. `subprocess.judge_in_subprocess()` does the same in a
process with limits of time and memory, since a file from outside may be slow or huge, or crash its decoder. Nothing
here imports Django.
"""
