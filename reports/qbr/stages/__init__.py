"""The way of a review: draft, in review, approved, sent, held, closed."""
