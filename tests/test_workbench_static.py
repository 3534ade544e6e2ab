"""What the workbench's page is made of: files of others by hash and licence, sentences by their words, no foreign address."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import detente

STATIC = Path(detente.__file__).parent / "workbench" / "static"
VENDOR = STATIC / "vendor"
FREE = {"MIT", "Apache-2.0", "BSD-3-Clause", "ISC"}


def manifest() -> dict[str, Any]:
    return tomllib.loads((VENDOR / "manifest.toml").read_text(encoding="utf-8"))


def modules() -> dict[str, str]:
    return {each.name: each.read_text(encoding="utf-8") for each in sorted(STATIC.glob("*.js"))}


def test_every_file_of_others_is_the_one_the_manifest_names() -> None:
    told = manifest()
    named = {each["name"]: each["sha256"] for each in [*told["file"], *told["licence"]]}
    found = {
        str(each.relative_to(VENDOR).as_posix()): hashlib.sha256(each.read_bytes()).hexdigest()
        for each in VENDOR.rglob("*")
        if each.is_file() and each.name != "manifest.toml"
    }
    assert found == named


def test_every_package_of_others_is_free_and_brings_its_licence() -> None:
    told = manifest()
    texts = {each["name"] for each in told["licence"]}
    packages = [each for file in told["file"] for each in file["package"]]
    assert {"preact", "htm", "sortablejs", "@codemirror/view", "@codemirror/lang-yaml"} <= {
        each["name"] for each in packages
    }
    for each in packages:
        assert each["licence"] in FREE, each
        assert each["text"] in texts, each
        assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", each["version"]), each
    # A licence that nothing needs any more is left out.
    assert texts == {each["text"] for each in packages}


def test_no_module_asks_for_anything_but_its_neighbours() -> None:
    for name, text in modules().items():
        for wanted in re.findall(r'(?:from|import)\s*\(?"([^"]+)"', text):
            assert wanted.startswith("./"), (name, wanted)
            assert (STATIC / wanted).is_file(), (name, wanted)
        assert "http:" not in text and "https:" not in text, name


def test_what_is_said_has_words_and_all_words_are_said() -> None:
    texts = modules()
    words = set(re.findall(r'^  "?([\w.]+)"?: "', texts.pop("words.js"), re.MULTILINE))
    together = "\n".join(texts.values())
    said = set(re.findall(r'say\("([\w.]+)"', together))
    assert said and said <= words, sorted(said - words)
    # A key may be put together (`say(`guide.${step}`)`), or chosen; `.one` and `.alone` are added by `say` itself.
    stems = tuple(re.findall(r"say\(`([\w.]+\.)\$", together))
    plain = set(re.findall(r'"([\w.]+)"', together))
    by_itself = {each for each in words if each.removesuffix(".one").removesuffix(".alone") in words - {each}}
    unsaid = {each for each in words - said - plain - by_itself if not each.startswith(stems)}
    assert not unsaid


def test_only_what_the_server_escaped_is_markup() -> None:
    for name, text in modules().items():
        if "dangerouslySetInnerHTML" in text:
            assert name in {"answer.js", "board.js", "live.js"}, name
        assert "innerHTML" not in text.replace("dangerouslySetInnerHTML", ""), name
        assert "eval(" not in text and "new Function" not in text, name
