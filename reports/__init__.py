"""Documents for clients: quarterly business reviews, rendered in a sandbox and sent through the outbox."""
