"""The cut as data, without Django: what plays when, in whole frames of its rate."""
