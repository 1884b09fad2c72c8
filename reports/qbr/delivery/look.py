"""The agency's colours on the client's page, as they were when the review was approved."""

from typing import Protocol

from reports.qbr.colours import contrast, darkened, lightened, mixed, text_on

DARK_PAPER = "#12161d"


class Colours(Protocol):
    """A document's cover, or the agency's settings."""

    @property
    def brand_color(self) -> str: ...

    @property
    def accent_color(self) -> str: ...


def look_css(cover: Colours) -> str:
    """Custom properties for review.css: each colour readable on light and on dark paper."""
    brand, accent = cover.brand_color, cover.accent_color
    on_brand = text_on(brand)
    bar = accent if contrast(accent, brand) >= 1.7 else on_brand
    return (
        ":root {\n"
        f"  --brand: {brand};\n"
        f"  --on-brand: {on_brand};\n"
        f"  --ring: {mixed(on_brand, brand, 0.14)};\n"
        f"  --bar: {bar};\n"
        f"  --heading: light-dark({darkened(brand)}, {lightened(brand, background=DARK_PAPER)});\n"
        f"  --accent: {accent};\n"
        f"  --decided: light-dark({darkened(accent, background='#f6f6f6')}, {lightened(accent, background=DARK_PAPER)});\n"
        f"  --button: light-dark({darkened(brand)}, {lightened(brand, background=DARK_PAPER)});\n"
        f"  --on-button: light-dark(#ffffff, {DARK_PAPER});\n"
        f"  --chart-series: light-dark({darkened(brand)}, {lightened(brand, background=DARK_PAPER)});\n"
        f"  --chart-total: light-dark({darkened(brand)}, {lightened(brand, background=DARK_PAPER)});\n"
        "}\n"
    )
