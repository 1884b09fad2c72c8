"""How a review reaches its readers: personal links, mail, what became of it, and what they answered."""
