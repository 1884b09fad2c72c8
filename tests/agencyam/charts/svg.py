"""Reads a drawing back."""

from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg):
    """The drawing as a tree; fails on anything that is not well-formed XML."""
    return ElementTree.fromstring(svg)


def tips(svg):
    """What the marks say, in their order."""
    return [mark.get("data-tip") for mark in parsed(svg).iter() if mark.get("data-tip") is not None]


def texts(svg):
    """The words that are drawn, in their order."""
    return [text.text for text in parsed(svg).iter(f"{SVG}text")]


def shapes(svg, kind="rect"):
    """The visible shapes of the marks."""
    return [
        shape for shape in parsed(svg).iter(f"{SVG}{kind}") if "chart-shape" in (shape.get("class") or "")
    ]
