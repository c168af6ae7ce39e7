"""Rendering, without Django: from a timeline to a file, in segments that are kept and used again.

Encoding is the `ffmpeg` command's work; PyAV and Pillow are used in processes of our own (`child.py`).
"""
