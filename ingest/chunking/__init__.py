"""Parsed document -> chunks and the articles around them."""
