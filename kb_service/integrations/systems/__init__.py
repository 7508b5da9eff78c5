"""One file for each foreign system: how its webhooks are signed, and what they say."""
