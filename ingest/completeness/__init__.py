"""What seems to be missing from a text: skipped numbers, ends cut off, references to nothing."""
