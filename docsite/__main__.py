"""Build the documentation into `build/site`: gather the pages, run Zensical strictly, check every link of the result.

    python3 run.py docs

The site needs no server and no network: open `build/site/index.html`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import yaml

from docsite.links import faults
from docsite.pages import gather, navigation
from docsite.search import quieten

HERE = Path(__file__).parent
ROOT = HERE.parent
BUILD = ROOT / "build" / "docs"
SITE = ROOT / "build" / "site"
SHIM = re.compile(r"https://[\w.]+/iframe-worker/shim")


def configuration() -> str:
    """The configuration for Zensical: `site.yml` with the paths of this copy and the navigation of these pages."""
    settings = yaml.safe_load((HERE / "site.yml").read_text(encoding="utf-8"))
    handler = settings["plugins"][-1]["mkdocstrings"]["handlers"]["python"]
    handler["paths"] = [str(ROOT / "src")]
    handler["options"]["extensions"] = ["docsite.doctests"]
    settings |= {"docs_dir": "docs", "site_dir": "site", "nav": navigation(BUILD)}
    return yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)


def make_offline(site: Path) -> None:
    """Let pages take the search worker's stand-in for `file://` from the site instead of from a foreign host."""
    (site / "assets" / "vendor").mkdir(parents=True, exist_ok=True)
    for file in (HERE / "vendor").iterdir():
        shutil.copy(file, site / "assets" / "vendor" / file.name)
    for page in site.rglob("*.html"):
        own = "../" * (len(page.relative_to(site).parts) - 1) + "assets/vendor/iframe-worker.js"
        text = page.read_text(encoding="utf-8")
        page.write_text(SHIM.sub(own, text), encoding="utf-8")


def main() -> int:
    """Build; 0 if nothing at all is wrong."""
    for folder in (BUILD, SITE):
        shutil.rmtree(folder, ignore_errors=True)
    count = gather(ROOT / "docs", BUILD)
    file = BUILD.parent / "site.yml"
    file.write_text(configuration(), encoding="utf-8")
    zensical = Path(sysconfig.get_path("scripts")) / "zensical"
    surroundings = os.environ | {"PYTHONPATH": str(ROOT)}  # it loads `docsite.doctests`
    done = subprocess.run([zensical, "build", "--strict", "--clean", "-f", file], env=surroundings, check=False)
    if done.returncode != 0:
        return done.returncode
    make_offline(SITE)
    quieten(SITE)
    found = faults(SITE)
    print("\n".join(found) or f"{count} pages, no broken link, nothing loaded from elsewhere: {SITE / 'index.html'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
