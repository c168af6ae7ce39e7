"""The steps of the export workers: from a row to a file, and small copies of clips."""
