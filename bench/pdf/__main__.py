"""`python -m bench.pdf`; `make bench-pdf` calls it."""

from bench.pdf.run import main

if __name__ == "__main__":
    main()
