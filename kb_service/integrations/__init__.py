"""Foreign ticket systems: their webhooks come in, our ticket events go out, and Dify searches the knowledge."""
