"""Personal data out of texts before anything else sees them."""
