"""What solved it before, which rules apply, and what became of each suggestion."""
