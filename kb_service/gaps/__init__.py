"""Knowledge gaps: what was searched for and not found, and what was solved without being written down."""
