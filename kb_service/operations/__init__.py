"""What an operator does to the knowledge base, in this process or handed to the one that serves."""
