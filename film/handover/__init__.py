"""The way to editing programs and back: OTIO, FCPXML, FCP7 XML and EDL, without Django."""
