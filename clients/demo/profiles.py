"""What makes one demo agency differ from another: place, money, offer, manners. Data only."""

from dataclasses import dataclass, field

from clients.demo import names


@dataclass(frozen=True, slots=True)
class Offer:
    """A thing the agency sells every month: its usual price for a middling client, and how many have it."""

    service_id: str
    name: str
    price: int
    weight: float
    interval: str = "month"
    topics: tuple[str, ...] = ()
    deliverables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """One agency. `foreign` is (currency, time zone, first rate to its own currency, share of clients)."""

    key: str
    name: str
    time_zone: str
    currency: str
    country: str
    mail_domain: str
    offers: tuple[Offer, ...]
    projects: tuple[tuple[str, int], ...]
    companies: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, ...], tuple[str, ...]]
    leadership: tuple[str, str]
    hours: dict[str, dict[str, list[list[str]]]]
    foreign: tuple[tuple[str, str, float, float], ...] = ()
    gross_margin: str = "1"
    fiscal_year_start_month: int = 1
    settings: dict[str, object] = field(default_factory=dict)


_WEB = ("landing page", "contact form", "loading time", "shop update", "search console")
_CONTENT = ("blog calendar", "white paper", "case study", "newsletter", "product texts")
_ADS = ("spring campaign", "budget split", "conversion tracking", "ad copy", "monthly report")
_BRAND = ("logo files", "brochure", "trade fair stand", "brand guide", "photo shoot")

NORTHWIND = Profile(
    key="northwind",
    name="Northwind",
    time_zone="Europe/Berlin",
    currency="EUR",
    country="DE",
    mail_domain="northwind.example",
    offers=(
        Offer(
            "web-care",
            "Web care and hosting",
            1150,
            1.3,
            topics=_WEB,
            deliverables=("Release", "Page speed review", "Security update"),
        ),
        Offer(
            "content",
            "Content and SEO",
            2900,
            1.5,
            topics=_CONTENT,
            deliverables=("Article series", "White paper", "SEO audit"),
        ),
        Offer(
            "paid-media",
            "Paid media",
            3400,
            1.2,
            topics=_ADS,
            deliverables=("Campaign launch", "Quarterly media plan", "Tracking review"),
        ),
        Offer(
            "email-crm",
            "Email and CRM",
            2100,
            0.9,
            topics=_CONTENT,
            deliverables=("Newsletter", "Lead nurturing flow", "List clean-up"),
        ),
        Offer(
            "brand",
            "Brand and design",
            2600,
            0.8,
            topics=_BRAND,
            deliverables=("Brochure", "Icon set", "Slide master"),
        ),
        Offer(
            "analytics",
            "Analytics and reporting",
            1400,
            0.7,
            topics=_ADS,
            deliverables=("Dashboard", "Attribution study", "Data layer"),
        ),
        Offer(
            "licences", "Licences and tools", 480, 0.5, "year", topics=_WEB, deliverables=("Licence review",)
        ),
    ),
    projects=(
        ("Website relaunch", 42000),
        ("Online shop", 58000),
        ("Brand refresh", 27000),
        ("Trade fair campaign", 18500),
        ("Employer branding film", 23000),
        ("Customer portal, phase 1", 64000),
        ("Marketing automation set-up", 16500),
        ("Positioning workshop", 7800),
    ),
    companies=names.NORTHERN_COMPANIES,
    people=(names.NORTHERN_FIRST, names.NORTHERN_LAST),
    leadership=("Friederike Albrecht", "Tomasz Zieliński"),
    hours={
        "Office hours": {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu")}
        | {"fri": [["09:00", "16:30"]]},
        "Extended hours": {day: [["08:00", "20:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
        | {"sat": [["10:00", "14:00"]]},
    },
    foreign=(("GBP", "Europe/London", 1.16, 0.10), ("USD", "America/New_York", 0.93, 0.07)),
    gross_margin="0.58",
)

HARBOUR = Profile(
    key="harbour",
    name="Harbour & Finch",
    time_zone="Europe/London",
    currency="GBP",
    country="GB",
    mail_domain="harbour.example",
    offers=(
        Offer(
            "brand-care",
            "Brand care",
            1900,
            1.4,
            topics=_BRAND,
            deliverables=("Brand guide update", "Template set", "Photo library"),
        ),
        Offer(
            "social",
            "Social content",
            1700,
            1.4,
            topics=_CONTENT,
            deliverables=("Content calendar", "Short film", "Monthly posts"),
        ),
        Offer(
            "campaigns",
            "Campaign retainer",
            3200,
            1.0,
            topics=_ADS,
            deliverables=("Campaign idea", "Poster series", "Launch kit"),
        ),
        Offer(
            "web-care",
            "Website care",
            850,
            1.0,
            topics=_WEB,
            deliverables=("Release", "Accessibility review"),
        ),
        Offer(
            "film",
            "Film and photography",
            2300,
            0.6,
            "quarter",
            topics=_BRAND,
            deliverables=("Product film", "Portraits"),
        ),
    ),
    projects=(
        ("New identity", 19500),
        ("Packaging range", 14000),
        ("Charity campaign", 22000),
        ("Website", 26000),
        ("Annual report", 8500),
    ),
    companies=names.HARBOUR_COMPANIES,
    people=(names.HARBOUR_FIRST, names.HARBOUR_LAST),
    leadership=("Imogen Thackeray", "Rhodri Pugh"),
    hours={
        "Studio hours": {
            day: [["09:30", "13:00"], ["14:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")
        },
    },
    foreign=(("EUR", "Europe/Dublin", 0.86, 0.12),),
    gross_margin="0.52",
    fiscal_year_start_month=4,
)

PROFILES = {profile.key: profile for profile in (NORTHWIND, HARBOUR)}
