"""FCPXML 1.10, which Final Cut Pro and DaVinci Resolve read."""
