"""Messages over a pipe: eight bytes of length, then the bytes."""

import struct
from typing import IO

_LENGTH = struct.Struct(">Q")
MOST = 256 * 1024 * 1024


class PipeClosed(ConnectionError):
    """The other side is gone."""


def write_frame(pipe: IO[bytes], content: bytes) -> None:
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> bytes:
    """The next message. Raises PipeClosed at the end of the stream or on a length that nobody sends."""
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    if length > MOST:
        raise PipeClosed("A message longer than any that is sent.")
    return _exactly(pipe, length)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    content = pipe.read(size)
    if content is None or len(content) < size:
        raise PipeClosed("The stream ended.")
    return content
