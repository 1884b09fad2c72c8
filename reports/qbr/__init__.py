"""The quarterly business review: a frozen document, its pages, its way to the client."""
