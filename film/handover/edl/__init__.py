"""EDL in the form of CMX 3600, which every editing program reads."""
