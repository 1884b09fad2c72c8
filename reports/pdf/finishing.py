"""What WeasyPrint leaves out of an accessible file, added right before the file is written."""

from collections.abc import Iterator, Mapping
from typing import Any

import pydyf

# The flag by which an annotation is printed too.
_PRINTS = 4
Objects = Mapping[int, pydyf.Dictionary]


def finish(_document: Any, pdf: pydyf.PDF) -> None:
    """Give table heads their scope, let links print, and take running heads and feet out of what is read aloud.

    Heads in a THead are columns, all others rows.
    """
    objects = {item.number: item for item in pdf.objects if isinstance(item, pydyf.Dictionary)}
    for item in objects.values():
        if item.get("S") == "/TH":
            scope = "/Column" if _is_in_head(item, objects) else "/Row"
            item["A"] = pydyf.Dictionary({"O": "/Table", "Scope": scope})
        elif item.get("Subtype") == "/Link":
            item["F"] = _PRINTS
    _silence_margins(pdf, objects)
    pdf.objects[:] = [item if item.free == "f" else _Written(item) for item in pdf.objects]


class _Written(pydyf.Object):
    """An object as bytes: pydyf writes, and compresses, each one twice, once of it for the file's id."""

    data = b""
    compressible = False

    def __init__(self, item: pydyf.Object) -> None:
        super().__init__()
        self.number, self.generation, self.free = item.number, item.generation, item.free
        self.data, self.compressible = item.data, item.compressible


def _is_in_head(item: pydyf.Dictionary, objects: Objects) -> bool:
    for _ in range(6):
        parent = item.get("P")
        if parent is None:
            return False
        item = objects.get(_number(parent))
        if item is None or item.get("S") == "/Table":
            return False
        if item.get("S") == "/THead":
            return True
    return False


def _silence_margins(pdf: pydyf.PDF, objects: Objects) -> None:
    """Mark what stands in the margins as pagination.

    WeasyPrint tags it as text and leaves its elements out of the tree, so that a reader meets text without a place.
    """
    root = objects[_number(pdf.catalog["StructTreeRoot"])]
    whole = objects[_number(root["K"][0])]
    gone = {element.reference for element in _orphans(whole, objects)}
    streams = {item.number: item for item in pdf.objects if isinstance(item, pydyf.Stream)}
    pages = [objects[_number(reference)] for reference in pdf.page_references]
    # Pairs of a page's number and the elements of its marked contents, in their order.
    places = objects[_number(root["ParentTree"])]["Nums"][1 : 2 * len(pages) : 2]
    for page, elements in zip(pages, places, strict=True):
        silent = {number for number, element in enumerate(elements) if element in gone}
        elements[:] = [b"null" if number in silent else element for number, element in enumerate(elements)]
        _mark_as_pagination(streams[_number(page["Contents"])].stream, silent)


def _orphans(whole: pydyf.Dictionary, objects: Objects) -> Iterator[pydyf.Dictionary]:
    """Elements below the document that it does not know of, emptied, and all that is below them."""
    known = set(whole["K"])
    waiting = [
        item for item in objects.values() if item.get("P") == whole.reference and item.reference not in known
    ]
    while waiting:
        element = waiting.pop()
        waiting += [objects[_number(kid)] for kid in element.get("K", ()) if isinstance(kid, bytes)]
        element.clear()
        yield element


def _mark_as_pagination(operators: list[Any], silent: set[int]) -> None:
    for place, operator in enumerate(operators):
        if isinstance(operator, pydyf.Dictionary) and operator.get("MCID") in silent:
            operators[place - 1 : place + 1] = [b"/Artifact", pydyf.Dictionary({"Type": "/Pagination"})]


def _number(reference: bytes | str | pydyf.Object) -> int:
    if isinstance(reference, bytes | str):
        return int(reference.split()[0])
    number: int = reference.number
    return number
