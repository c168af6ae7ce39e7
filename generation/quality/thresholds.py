"""Every number that a verdict hangs on, and why it is what it is. `fail` is kept for what nobody would want to use."""

# How often a clip's picture is looked at, a second; all frames are decoded all the same. Six see any blink that a
# person would call black or frozen, and cost a hundredth of the decoding.
LOOKS_A_SECOND = 6.0
# Up to this many pixels a second (1080p at 30) every frame is decoded: measured well under 0.3 of the clip's length on
# one core. Beyond it those are that others are made of, or key frames and the end; all where these leave a doubt.
FULL_PIXELS_A_SECOND = 1920 * 1080 * 32

# Black, as ffmpeg's blackdetect has it: 98 of 100 pixels below a tenth of the range (here of 16 to 235, studio range).
BLACK_LUMA = 36
BLACK_SHARE = 0.98
# A fade takes up to a second and a half; whoever asked for one must not be warned of it.
BLACK_WARN_SECONDS = 1.5
BLACK_FAIL_SHARE = 0.9

# Frozen: nothing has moved since the first frame of a run. Two measures of 8 bits of brightness: the greatest change of
# any patch of about 20 x 20 pixels of 720p, and the mean change of all points of a picture 320 wide. A frozen picture
# that an encoder refines and refreshes was measured with 3 and 1.7 at crf 30, with 2 and 0.5 at 720p. A bird in the sky
# moves a patch by 27, a push in of one per cent over four seconds by 5 after a second; what only shimmers, all points.
FROZEN_PATCH = 5
FROZEN_MEAN = 2.0
# ffmpeg's freezedetect takes two seconds as well; a held pose is shorter.
FROZEN_WARN_SECONDS = 2.0
FROZEN_FAIL_SHARE = 0.9

# Runway's clips are a frame or two longer than asked (5.04 s for 5). Half a second is seen in the cut.
DURATION_WARN_SECONDS = 0.25
DURATION_FAIL_SECONDS = 0.5
DURATION_FAIL_SHARE = 0.1

# The shape may differ by the rounding of codecs to multiples of 16; the size by as much.
SHAPE_SHARE = 0.03
SIZE_WARN_SHARE = 0.03
SIZE_FAIL_SHARE = 0.1

# Below this a movement is seen as a row of stills.
LEAST_FPS = 12.0
FPS_SHARE = 0.05
# Frames that the header promises and that are not there: encoders miscount by one or two.
MISSING_FRAMES = 2
MISSING_SECONDS = 0.3

# The first frame beside the prompt's picture: 1 the same, 0 nothing in common (see `likeness.py`). Same pictures under
# a camera that has begun to move have 0.6 and more; others, with as bright a sky and as dark a ground, 0.37 and less.
LIKENESS_WARN = 0.55
LIKENESS_FAIL = 0.4
# How much of the beginning is compared: a clip may fade in, and Runway may begin with a frame of its own.
OPENING_SECONDS = 1.0

# Fingerprints of eight moments, 256 bits each. The same pictures encoded once more differ by 3 to 6 bits on average;
# two takes of one picture with different camera moves by 13 and more.
TWIN_BITS = 8.0

# -60 dB of full scale, peak: nothing that a person hears; a quiet room has -50.
SILENT_PEAK_DB = -60.0

# A picture whose brightest and darkest points are so near (of 255) shows nothing.
FLAT_RANGE = 6
