"""From the book and the engine to a document, with the first texts that write themselves."""
