"""The drawing process: `python -m generation.simulator.drawing_process FOLDER QUALITY VARIANT…` draws pictures.

They are `FOLDER/0.jpg` and so on, one for each variant; with `--clip SECONDS` the first one also becomes `clip.mp4`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from generation.simulator import clips
from generation.simulator.drawings import HEIGHT, WIDTH


def main() -> None:
    """Draw what the arguments say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("quality", type=int)
    parser.add_argument("variants", type=int, nargs="+")
    parser.add_argument("--clip", type=float, default=0)
    options = parser.parse_args()
    pictures = [clips.draw_picture(WIDTH, HEIGHT, variant) for variant in options.variants]
    for number, picture in enumerate(pictures):
        picture.save(options.folder / f"{number}.jpg", "JPEG", quality=options.quality)
    if options.clip:
        clips.draw_clip(pictures[0], WIDTH, HEIGHT, options.clip, options.folder / "clip.mp4")


if __name__ == "__main__":
    main()
