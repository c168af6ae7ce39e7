"""Every number that a verdict depends on, and why it is what it is.

"fail" is kept for what nobody would want to use. Numbers without a source were measured on real and drawn clips.
"""

# How many frames per second are compared; all others are only decoded. Six show every blink that a person would call
# black or frozen, and cost a hundredth of the decoding.
SAMPLES_PER_SECOND = 6.0
# Up to 1080p at 30 frames a second every frame is decoded: well under 0.3 of the clip's length on one core. Above it
# only key frames, or those that others are made of, unless these leave a doubt. The limit is a little higher, since
# some decoders count 1088 lines, and a short clip's rate may come out above 30.
FULL_DECODE_PIXELS_PER_SECOND = 1920 * 1080 * 32

# Black as in ffmpeg's blackdetect: 98 of 100 pixels below a tenth of the range (here of 16 to 235, studio range).
BLACK_LUMA = 36
BLACK_SHARE = 0.98
# A fade takes up to a second and a half, and a prompt that asks for one must not lead to a warning.
BLACK_WARN_SECONDS = 1.5
BLACK_FAIL_SHARE = 0.9

# Frozen: nothing moved since the first frame of a span, by two measures of 8-bit brightness: the greatest change of any
# patch of about 20 x 20 pixels of 720p, and the mean change of all points of a picture 320 wide. A frozen picture that
# an encoder refines and refreshes was measured with 3 and 1.7 at crf 30, with 2 and 0.5 at 720p. A bird in the sky
# changes a patch by 27, a push in of one percent over four seconds by 5 after a second; a shimmer changes all points.
FROZEN_PATCH = 5
FROZEN_MEAN = 2.0
# As in ffmpeg's freezedetect; a held pose is shorter.
FROZEN_WARN_SECONDS = 2.0
FROZEN_FAIL_SHARE = 0.9

# Runway's clips are one or two frames longer than requested (5.04 s for 5). Half a second is visible in a cut.
DURATION_WARN_SECONDS = 0.25
DURATION_FAIL_SECONDS = 0.5
DURATION_FAIL_SHARE = 0.1

# Codecs round width and height to multiples of 16, so shape and size may differ by that much.
SHAPE_SHARE = 0.03
SIZE_WARN_SHARE = 0.03
SIZE_FAIL_SHARE = 0.1

# Below this, movement looks like a row of stills.
MIN_FPS = 12.0
FPS_SHARE = 0.05
# Encoders declare one or two frames too many.
MISSING_FRAMES = 2
MISSING_SECONDS = 0.3

# Similarity of the first frame and the prompt's picture: 1 the same, 0 nothing in common (`similarity.py`). The same
# picture under a camera that has begun to move has 0.6 and more; another one with an equally bright sky and dark ground
# has 0.37 and less.
SIMILARITY_WARN = 0.55
SIMILARITY_FAIL = 0.4
# How much of the beginning is compared, since a clip may fade in, and Runway may begin with a frame of its own.
OPENING_SECONDS = 1.0

# Fingerprints of eight moments have 256 bits each. The same frames encoded again differ by 3 to 6 bits on average; two
# takes of one picture with different camera moves by 13 and more.
DUPLICATE_BITS = 8.0

# dB of full scale, peak. Nobody hears a sound at -60; a quiet room has -50.
SILENT_PEAK_DB = -60.0

# A picture shows nothing when its brightest and darkest values in each channel (0 to 255) are this close.
FLAT_COLOR_RANGE = 6
