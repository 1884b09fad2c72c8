"""Copies fonts, icons and the test-only axe engine from the npm registry into the repository.

    python scripts/vendor_assets.py            fetch the pinned versions, write the files and the manifest
    python scripts/vendor_assets.py --check    compare the files on disk with the manifest; no network

Fetching needs `npm` on PATH; only `npm pack` is used, so nothing is installed and no package script runs.
A package whose tarball differs from the integrity hash below is refused. Whoever only runs agencyam needs
none of this.
"""

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "static" / "vendor" / "manifest.json"
SPRITE = "static/icons.svg"

ICONS = [
    "adjustments-horizontal",
    "alert-octagon",
    "alert-triangle",
    "arrow-down",
    "arrow-right",
    "arrow-up",
    "arrows-sort",
    "bell",
    "building",
    "calendar",
    "chart-bar",
    "check",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "circle-check",
    "clock",
    "coin",
    "copy",
    "device-laptop",
    "dots",
    "download",
    "external-link",
    "file-text",
    "filter",
    "help-circle",
    "inbox",
    "info-circle",
    "key",
    "keyboard",
    "list-check",
    "lock",
    "logout",
    "mail",
    "menu-2",
    "message",
    "minus",
    "note",
    "pencil",
    "phone",
    "plus",
    "refresh",
    "repeat",
    "report-analytics",
    "search",
    "send",
    "settings",
    "shield-lock",
    "star",
    "sun",
    "trash",
    "user",
    "users",
    "video",
    "x",
]


@dataclass(frozen=True)
class Package:
    """One pinned npm package: `files` maps a path inside the tarball to a path in the repository."""

    name: str
    version: str
    licence: str
    integrity: str
    files: dict[str, str]


INTER = Package(
    name="@fontsource-variable/inter",
    version="5.3.0",
    licence="OFL-1.1",
    integrity="sha512-OupL48va4JNofb97w6NYeF9S7W/kHNKM0Er8Dem5nqi4jeOLrVJDoE8tZEpnMJmtkvNbB1EIPPwHcdkF6b1oUA==",
    files={
        "files/inter-latin-wght-normal.woff2": "static/vendor/inter/inter-latin-wght-normal.woff2",
        "files/inter-latin-ext-wght-normal.woff2": "static/vendor/inter/inter-latin-ext-wght-normal.woff2",
        "LICENSE": "static/vendor/inter/LICENSE",
    },
)
# One whole file per weight: WeasyPrint draws wrong glyphs when a family is split into latin and latin-ext.
INTER_FOR_PDF = Package(
    name="inter-ui",
    version="4.1.1",
    licence="OFL-1.1",
    integrity="sha512-451h0J29HyOmA+JXgSi/6M12tL7ZCZ8arYKZUXiOXTJpJbAKqJvFh3k5SiV3x7tKe0C0KyrKUUiQIvvZ2PQDcA==",
    files={
        "web/Inter-Regular.woff2": "static/vendor/inter-ui/Inter-Regular.woff2",
        "web/Inter-SemiBold.woff2": "static/vendor/inter-ui/Inter-SemiBold.woff2",
        "web/Inter-Bold.woff2": "static/vendor/inter-ui/Inter-Bold.woff2",
        "LICENSE.txt": "static/vendor/inter-ui/LICENSE.txt",
    },
)
# For the headings of agencies that choose another typeface; whole files here too.
PLEX_SERIF = Package(
    name="@ibm/plex-serif",
    version="2.0.0",
    licence="OFL-1.1",
    integrity="sha512-xVu9JsC18tBoQF2M6fofpsWrHj5a94saxlOZbYmXoC0E3UfjgS1JlibgrnaUJjnkLlEyCpMgI2PdhkDxijw0gA==",
    files={
        "fonts/complete/woff2/IBMPlexSerif-SemiBold.woff2": "static/vendor/ibm-plex/IBMPlexSerif-SemiBold.woff2",
        "LICENSE.txt": "static/vendor/ibm-plex/LICENSE-serif.txt",
    },
)
PLEX_SANS = Package(
    name="@ibm/plex-sans",
    version="1.1.0",
    licence="OFL-1.1",
    integrity="sha512-WPgvO6Yfj2w5YbhyAr1tv95RUz4LRJlqN+CmYvBglabXteufP1D1E9BABMde+ZIKdRbFJDoKF5eQzfhpnbgZcQ==",
    files={
        "fonts/complete/woff2/IBMPlexSans-SemiBold.woff2": "static/vendor/ibm-plex/IBMPlexSans-SemiBold.woff2",
        "LICENSE.txt": "static/vendor/ibm-plex/LICENSE-sans.txt",
    },
)
AXE = Package(
    name="axe-core",
    version="4.14.1",
    licence="MPL-2.0",
    integrity="sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    files={"axe.min.js": "tests/vendor/axe.min.js", "LICENSE": "tests/vendor/axe-LICENSE"},
)
TABLER = Package(
    name="@tabler/icons",
    version="3.51.0",
    licence="MIT",
    integrity="sha512-0pinvPZz7YeX+OSfxuEAbnEPWbocVXW5iU8h5lh41pYG8sZuQfpWECC980lxOT0clGIcNGn8xsBr+zKaRGdA/g==",
    files={"LICENSE": "static/vendor/tabler-icons/LICENSE"},
)
COPIED = (INTER, INTER_FOR_PDF, PLEX_SERIF, PLEX_SANS, AXE, TABLER)


def fetch(package: Package, folder: Path) -> Path:
    """Downloads and unpacks `package` into `folder`; returns the unpacked package's path."""
    target = folder / package.name.replace("/", "-")
    target.mkdir()
    spec = f"{package.name}@{package.version}"
    subprocess.run(["npm", "pack", "--silent", spec], cwd=target, check=True, stdout=subprocess.DEVNULL)
    (tarball,) = target.glob("*.tgz")
    found = "sha512-" + base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if found != package.integrity:
        raise SystemExit(
            f"{spec}: the tarball has the integrity {found}, not the pinned {package.integrity}."
        )
    with tarfile.open(tarball) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def symbol(name: str, svg: str) -> str:
    """One icon of @tabler/icons as a `<symbol>`; the width of its lines comes from the page's CSS."""
    shapes = re.findall(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*/>", svg)
    visible = [re.sub(r"\s+", " ", shape) for shape in shapes if 'stroke="none"' not in shape]
    if not visible:
        raise SystemExit(f"The icon {name} has no visible shape.")
    look = 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'
    return f'<symbol id="{name}" viewBox="0 0 24 24" {look}>{"".join(visible)}</symbol>'


def sprite(icons: Path) -> str:
    """The text of the sprite made of `ICONS`, in order of name."""
    symbols = [symbol(name, (icons / f"{name}.svg").read_text()) for name in sorted(ICONS)]
    head = f"<!-- {TABLER.name} {TABLER.version}, {TABLER.licence}; made by scripts/vendor_assets.py -->"
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', head, *symbols, "</svg>", ""])


def entry(path: str, package: Package) -> dict[str, str]:
    """The manifest's line for one file of the repository."""
    digest = hashlib.sha256((ROOT / path).read_bytes()).hexdigest()
    return {
        "path": path,
        "package": package.name,
        "version": package.version,
        "licence": package.licence,
        "sha256": digest,
    }


def refresh() -> None:
    """Fetches every package, writes its files and then the manifest."""
    entries = []
    with tempfile.TemporaryDirectory() as name:
        for package in COPIED:
            unpacked = fetch(package, Path(name))
            for source, path in package.files.items():
                (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
                (ROOT / path).write_bytes((unpacked / source).read_bytes())
                entries.append(entry(path, package))
            if package is TABLER:
                (ROOT / SPRITE).write_text(sprite(unpacked / "icons" / "outline"))
                entries.append(entry(SPRITE, TABLER))
    entries.sort(key=lambda row: row["path"])
    MANIFEST.write_text(json.dumps({"files": entries}, indent=2) + "\n")


def differences() -> list[str]:
    """One sentence for each file that does not match the manifest."""
    faults = []
    for row in json.loads(MANIFEST.read_text())["files"]:
        path = ROOT / row["path"]
        if not path.is_file():
            faults.append(f"{row['path']} is missing.")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
            faults.append(f"{row['path']} differs from the manifest.")
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Refresh or check the vendored fonts, icons and test engine."
    )
    parser.add_argument("--check", action="store_true", help="only compare the files with the manifest")
    if not parser.parse_args().check:
        refresh()
    faults = differences()
    print("\n".join(faults) if faults else "Vendored files match the manifest.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
