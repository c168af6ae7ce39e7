"""What FCPXML 1.10 allows, of the elements that we write: facts read off its published document type definition.

`CHILDREN` has for each element a regular expression over the names of its children, each followed by a space.
`ATTRIBUTES` has those that it may have, with `!` those that it must have, and with `=a|b` the values that are allowed.
"""

from __future__ import annotations

VIDEO = "(adjust-crop )?(adjust-conform )?(adjust-transform )?(adjust-blend )?"
AUDIO = "(adjust-volume )?(adjust-panner )?"
TIMING = "(conform-rate )?(timeMap )?"
ANCHORED = "((audio|video|clip|title|caption|mc-clip|ref-clip|sync-clip|asset-clip|audition|spine) )*"
MARKERS = "((marker|chapter-marker|rating|keyword|analysis-marker) )*"
IN_SPINE = "((audio|video|clip|title|mc-clip|ref-clip|sync-clip|asset-clip|audition|gap|transition) )*"

CHILDREN = {
    "fcpxml": "(import-options )?(resources )?(library |(event )*)",
    "resources": "((asset|effect|format|media|locator) )*",
    "format": "",
    "asset": "(media-rep )+(metadata )?",
    "media-rep": "(bookmark )?",
    "effect": "",
    "metadata": "(md )*",
    "md": "(array )?",
    "library": "((event|smart-collection) )*",
    "event": "(project )*",
    "project": "sequence ",
    "sequence": "(note )?spine (metadata )?",
    "spine": IN_SPINE,
    "transition": f"(filter-video )?(filter-audio )?{MARKERS}(metadata )?",
    "filter-video": "(data )*(param )*",
    "filter-audio": "(data )?(param )*",
    "audition": "((audio|video|title|ref-clip|asset-clip|clip|sync-clip) )+",
    "asset-clip": f"(note )?{TIMING}{VIDEO}{AUDIO}{ANCHORED}{MARKERS}(audio-channel-source )*(metadata )?",
    "video": f"(param )*(note )?{TIMING}{VIDEO}{ANCHORED}{MARKERS}",
    "gap": f"(note )?{ANCHORED}{MARKERS}(metadata )?",
    "title": f"(param )*(text )*(text-style-def )*(note )?{VIDEO}{ANCHORED}{MARKERS}(metadata )?",
    "caption": "(text )*(text-style-def )*(note )?",
    "text": "(text-style )*",
    "text-style": "(param )*",
    "text-style-def": "text-style ",
    "adjust-conform": "",
    "adjust-transform": "(param )*",
    "adjust-volume": "(param )*",
    "param": "(fadeIn )?(fadeOut )?(keyframeAnimation )?(param )*",
    "fadeIn": "",
    "fadeOut": "",
    "marker": "",
    "note": "",
}

CLIP = "lane offset name start duration! enabled=0|1"
ATTRIBUTES = {
    "fcpxml": "version!=1.10",
    "format": "id! name frameDuration fieldOrder width height paspH paspV colorSpace projection stereoscopic",
    "asset": "id! name uid start duration hasVideo format hasAudio videoSources audioSources audioChannels audioRate",
    "media-rep": "kind=original-media|proxy-media sig src! suggestedFilename",
    "effect": "id! name uid! src",
    "md": "key! value editable=0|1 type displayName description source",
    "event": "name uid",
    "project": "name uid id modDate",
    "sequence": "format! duration tcStart tcFormat=DF|NDF audioLayout=mono|stereo|surround audioRate=44.1k|48k|96k",
    "transition": "name offset duration!",
    "filter-video": "ref! name enabled=0|1",
    "filter-audio": "ref! name enabled=0|1 presetID",
    "audition": "lane offset modDate",
    "asset-clip": f"ref! {CLIP.replace('!', '')} srcEnable=all|audio|video format audioRole videoRole",
    "video": f"ref! {CLIP} srcID role",
    "gap": "name offset start duration! enabled=0|1",
    "title": f"ref! {CLIP} role",
    "caption": f"{CLIP} role",
    "text": "display-style roll-up-height position placement=left|right|top|bottom alignment=left|center|right",
    "text-style": "ref font fontSize fontFace fontColor bold=0|1 italic=0|1 alignment=left|center|right|justified",
    "text-style-def": "id! name",
    "adjust-conform": "type=fit|fill|none",
    "adjust-transform": "enabled=0|1 position scale rotation anchor",
    "adjust-volume": "amount",
    "param": "name! key value enabled=0|1",
    "fadeIn": "type=linear|easeIn|easeOut|easeInOut duration!",
    "fadeOut": "type=linear|easeIn|easeOut|easeInOut duration!",
    "marker": "start! duration value! completed note",
}
# these may have text; in all others there is none
WITH_TEXT = {"note", "text", "text-style"}
