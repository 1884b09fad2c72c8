"""One file per section of the review: from the material to finished words. No queries here."""
