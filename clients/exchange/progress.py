"""A progress bar for a person who waits at a terminal."""

from typing import TextIO

WIDTH = 30


class Bar:
    """Draws over one line of a terminal; writes nothing at all where the stream is not one."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_shown = stream.isatty()

    def __call__(self, what: str, share: float) -> None:
        """Show what is being worked on and the share that is done, 0 to 1."""
        if self._is_shown:
            full = round(WIDTH * min(max(share, 0.0), 1.0))
            self._stream.write(f"\r\x1b[K[{'#' * full}{'.' * (WIDTH - full)}] {share:4.0%} {what}")
            self._stream.flush()

    def clear(self) -> None:
        """Take the bar away."""
        if self._is_shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
