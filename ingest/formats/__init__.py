"""One file a format: decoded text or one JSON object in, fields and structured text out."""
