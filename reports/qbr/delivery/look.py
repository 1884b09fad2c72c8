"""The agency's colours and typeface on the client's page, as they were when the review was approved."""

from reports.qbr.printing.colours import VISIBLE, contrast, darkened, lightened, mixed, text_on
from reports.qbr.printing.look import AgencyLook
from reports.qbr.printing.typefaces import served_css

# The lighter of the two dark grounds in review.css (--wash), which asks for more.
DARK_GROUND = "#1a2029"
LIGHT_GROUND = "#f6f7f9"
DARK_PAPER = "#12161d"


def look_css(cover: AgencyLook) -> str:
    """Custom properties for review.css, each colour readable on light and on dark paper; the face of the headings."""
    brand, accent = cover.brand_color, cover.accent_color
    on_brand = text_on(brand)
    heading = _on_both_grounds(brand)
    bar = accent if contrast(accent, brand) >= VISIBLE else on_brand
    return (
        ":root {\n"
        f"  --brand: {brand};\n"
        f"  --on-brand: {on_brand};\n"
        f"  --ring: {mixed(on_brand, brand, 0.14)};\n"
        f"  --bar: {bar};\n"
        f"  --heading: {heading};\n"
        f"  --accent: {accent};\n"
        f"  --decided: {_on_both_grounds(accent)};\n"
        f"  --button: {heading};\n"
        f"  --on-button: light-dark(#ffffff, {DARK_PAPER});\n"
        f"  --chart-series: {heading};\n"
        f"  --chart-total: {heading};\n"
        "}\n"
    ) + served_css(cover.heading_font, text="Inter Variable")


def _on_both_grounds(colour: str) -> str:
    dark, light = darkened(colour, background=LIGHT_GROUND), lightened(colour, background=DARK_GROUND)
    return f"light-dark({dark}, {light})"
