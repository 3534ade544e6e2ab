"""What is wrong with a built site: links that lead nowhere, and anything a page would load from elsewhere.

Zensical checks the links of the Markdown it is given. This checks what it makes of them: every page, with its navigation,
its generated parts and its style sheets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "object": "data"}
"""Where a page names what the browser fetches by itself."""

NAMING = frozenset({"canonical", "author", "license"})
"""Links in the head of a page that are only names."""

IN_STYLES = re.compile(r"""url\(\s*['"]?(?!data:|#)([^'")]+)|@import\s+['"]([^'"]+)""")


class Page(HTMLParser):
    """The anchors of a page, what it links to and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = {"", "top"}
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if name in found and tag != "meta"}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        where = LOADING.get(tag, "")
        if where in found and found.get("rel") not in NAMING:
            self.loads.append(found[where])
        self.loads += [match[0] or match[1] for match in IN_STYLES.findall(found.get("style", ""))]


def faults(site: Path) -> list[str]:
    """Everything wrong with the HTML and CSS below a folder, one line each."""
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    found = [f"{path.relative_to(site)}: {fault}" for path in pages for fault in _of_page(site, path, pages)]
    for path in sorted(site.rglob("*.css")):
        for match in IN_STYLES.findall(path.read_text(encoding="utf-8")):
            found += [f"{path.relative_to(site)}: {fault}" for fault in _of_load(path, match[0] or match[1])]
    return found


def _of_page(site: Path, path: Path, pages: dict[Path, Page]) -> Iterator[str]:
    for link in dict.fromkeys(pages[path].links):
        yield from _of_link(site, path, link, pages)
    for load in dict.fromkeys(pages[path].loads):
        yield from _of_load(path, load)


def _of_link(site: Path, path: Path, link: str, pages: dict[Path, Page]) -> Iterator[str]:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    target = target / "index.html" if target.is_dir() else target
    if path.name == "404.html":  # it is shown at any address, so its links count from the root
        return
    if not target.is_relative_to(site.resolve()) or not target.exists():
        yield f"no page {link}"
    elif target in pages and unquote(parts.fragment) not in pages[target].anchors:
        yield f"no anchor {link}"


def _of_load(path: Path, load: str) -> Iterator[str]:
    parts = urlsplit(load)
    if parts.scheme == "data":
        return
    if parts.scheme or parts.netloc:
        yield f"loads from elsewhere: {load}"
    elif path.name != "404.html" and not (path.parent / unquote(parts.path)).exists():
        yield f"no file {load}"
