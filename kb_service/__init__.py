"""Request -> route -> service -> repository or search -> response."""
