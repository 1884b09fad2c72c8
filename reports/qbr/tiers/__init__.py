"""With what reviews of each tier begin, as leaders and owners decide it."""
