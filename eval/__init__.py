"""Queries and judgments -> run -> metrics -> report; benchmarks of speed."""
