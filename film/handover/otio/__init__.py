"""OpenTimelineIO's file format, written and read as the JSON that it is: the package is not needed."""
