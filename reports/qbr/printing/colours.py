"""Colours that can be read: contrast by WCAG 2, and an agency's colour made dark enough for text. Pure."""

WHITE = "#ffffff"
INK = "#111827"
BLACK = "#000000"
TEXT_CONTRAST = 4.5
VISIBLE = 1.7  # a shape: contrast enough to be seen


def contrast(one: str, other: str) -> float:
    """The contrast of two colours written #rrggbb, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def text_on(background: str) -> str:
    """White or ink, whichever reads better on the background; black where neither reaches 4.5."""
    best = max((WHITE, INK), key=lambda colour: contrast(background, colour))
    return best if contrast(background, best) >= TEXT_CONTRAST else BLACK


def darkened(colour: str, *, background: str = WHITE, least: float = TEXT_CONTRAST) -> str:
    """The colour, darkened in small steps until it reads on a light background."""
    red, green, blue = _parts(colour)
    for step in range(100, -1, -2):
        darker = "#" + "".join(f"{part * step // 100:02x}" for part in (red, green, blue))
        if contrast(darker, background) >= least:
            return darker
    return INK


def lightened(colour: str, *, background: str, least: float = TEXT_CONTRAST) -> str:
    """The colour, mixed with white in small steps until it reads on a dark background."""
    for step in range(0, 101, 2):
        lighter = mixed(WHITE, colour, step / 100)
        if contrast(lighter, background) >= least:
            return lighter
    return WHITE


def mixed(colour: str, other: str, share: float) -> str:
    """`share` of the first colour (0 to 1) over the second."""
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(one * share + two * (1 - share)):02x}" for one, two in pairs)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = []
    for part in _parts(colour):
        share = part / 255
        linear.append(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
