"""What the agency's look in a review is made of."""

from typing import Protocol


class AgencyLook(Protocol):
    """Colours and typeface of a document's cover, of what a draft will get, or of the agency's settings."""

    @property
    def brand_color(self) -> str: ...

    @property
    def accent_color(self) -> str: ...

    @property
    def heading_font(self) -> str: ...
