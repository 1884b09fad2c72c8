"""How long a review takes to print, how much memory and room it needs, beside a browser that prints the same HTML."""
