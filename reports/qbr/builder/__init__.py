"""The page on which a review is written and arranged."""
