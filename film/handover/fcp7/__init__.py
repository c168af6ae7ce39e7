"""FCP7 XML (XMEML 5), which Premiere and DaVinci Resolve read."""
