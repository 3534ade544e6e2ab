"""Write what a release contains as CycloneDX 1.6: `python tools/sbom.py > sbom.json`.

The package itself; every requirement of constraints.txt with the hashes of its files and the extras that need it; and what is
vendored, by its manifests, with licence and hash. The same tree gives the same bytes: there is no date and no random number.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "constraints.txt"
VENDORED = ROOT / "src" / "detente" / "workbench" / "static" / "vendor"


def version() -> str:
    """The number of the release, read from its file without importing anything."""
    text = (ROOT / "src" / "detente" / "version.py").read_text(encoding="utf-8")
    found = re.search(r'__version__\s*=\s*"([^"]+)"', text)
    assert found is not None, "version.py names no version"
    return found[1]


def requirements(text: str) -> Iterator[dict[str, Any]]:
    """The components of a lock file; `detente:extras` says which extras need them (`always`: the package itself)."""
    for section in text.split("\n# --- ")[1:]:
        extras, _, body = section.partition("\n")
        for entry in re.split(r"(?m)^(?=[A-Za-z0-9][\w.-]*==)", body):
            if found := re.match(r"([\w.-]+)==([^\s;\\]+)", entry):
                name, number = found.groups()
                always = "always" in extras.split()
                yield {
                    "type": "library",
                    "bom-ref": f"pkg:pypi/{name.lower()}@{number}",
                    "name": name,
                    "version": number,
                    "purl": f"pkg:pypi/{name.lower()}@{number}",
                    "scope": "required" if always else "optional",
                    "properties": [{"name": "detente:extras", "value": extras}],
                    "externalReferences": [
                        {
                            "type": "distribution",
                            "url": f"pkg:pypi/{name.lower()}@{number}",
                            "hashes": [
                                {"alg": "SHA-256", "content": d} for d in re.findall(r"sha256:([0-9a-f]{64})", entry)
                            ],
                        }
                    ],
                }


def vendored(folder: Path) -> Iterator[dict[str, Any]]:
    """The components of a manifest of vendored files: each file, with the packages it is built from inside it."""
    manifest = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
    for file in manifest["file"]:
        yield {
            "type": "file",
            "bom-ref": f"vendored/{file['name']}",
            "name": file["name"],
            "description": file["for"],
            "hashes": [{"alg": "SHA-256", "content": file["sha256"]}],
            "components": [
                {
                    "type": "library",
                    "bom-ref": f"vendored/{file['name']}/{each['name']}@{each['version']}",
                    "name": each["name"],
                    "version": each["version"],
                    "purl": f"pkg:npm/{each['name'].replace('@', '%40', 1)}@{each['version']}",
                    "licenses": [{"license": {"id": each["licence"]}}],
                }
                for each in file.get("package", ())
            ],
        }


def bill() -> dict[str, Any]:
    """The whole bill of materials."""
    lock = LOCK.read_text(encoding="utf-8")
    components = [*requirements(lock), *vendored(VENDORED)]
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(components))
    here = f"pkg:pypi/detente@{version()}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": here,
                "name": "detente",
                "version": version(),
                "purl": here,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": components,
        "dependencies": [
            {"ref": here, "dependsOn": [each["bom-ref"] for each in components if each.get("scope") != "optional"]}
        ],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(bill(), indent=1) + "\n")
