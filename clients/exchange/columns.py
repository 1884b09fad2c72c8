"""The kinds of columns that many files of a book share. Pure data."""

from decimal import Decimal

from clients.exchange import rules
from clients.exchange.spec import Column, Rule
from clients.exchange.types import Currency, Day, Flag, Ident, Instant, Number, Reference, Text

ID = Ident()
LABEL = Text(60, is_line=True)
PHRASE = Text(120, is_line=True)
LINE = Text(200, is_line=True)
TITLE = Text(300, is_line=True)
PROSE = Text(100_000)
DAY, INSTANT, FLAG, CURRENCY = Day(), Instant(), Flag(), Currency()
AMOUNT = Number()
COST = Number(Decimal(0))
HOURS = Number(Decimal(0), places=2, digits=8)

MEMBER = Reference(file="members.csv")
CLIENT = Reference(file="clients.csv")
CONTACT = Reference(file="contacts.csv")
LINE_ID = Reference(file="contract_lines.csv")

ENDS_AFTER_START = Rule("ends_on", rules.ends_after_start)


def id_column(name: str) -> Column:
    return Column(name, ID, is_required=True, field="book_id")


def text_column(
    name: str, kind: Text = LABEL, *, is_required: bool = False, is_extra: bool = False
) -> Column:
    return Column(name, kind, is_required=is_required, default="", is_extra=is_extra)


def reference_column(name: str, kind: Reference, *, is_required: bool = False) -> Column:
    return Column(name, kind, is_required=is_required, field=name.removesuffix("_id"))


CLIENT_COLUMN = reference_column("client_id", CLIENT, is_required=True)
STARTS_COLUMN = Column("starts_on", DAY, is_required=True)
ENDS_COLUMN = Column("ends_on", DAY)
CURRENCY_COLUMN = Column("currency", CURRENCY, default="")
