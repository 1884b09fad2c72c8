"""A document as HTML and as a PDF, in the agency's look."""
