"""The service and what it is measured against: the same chunks, the same queries, one file a system."""
