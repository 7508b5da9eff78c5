"""One query in, cited hits out."""
