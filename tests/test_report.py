"""The report in one file: what is in it, that it needs no network, that everybody can read it, and that it never changes."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.case import Query
from detente.cli import main
from detente.errors import InputError, UnknownName
from detente.present.brief import page as brief_page
from detente.present.pages.blocks import Picture, Table, Text
from detente.present.pages.render import heat
from detente.present.pages.report_markdown import report_markdown
from detente.present.pictures import picture
from detente.present.report import SECTIONS, Dossier, collect, page
from detente.present.report.assemble import LONG
from detente.questions.brief import FIELDS
from detente.questions.policy.inducement import KEPT_EXPLAINED
from detente.questions.uncertainty.types import types
from detente.scenario import library, load, read_text
from detente.sheet import ActorTerm, FormulaTerm, Phrase, VerdictTerm
from detente.study import Study

pytestmark = pytest.mark.first_analysis

VOID = {"meta", "link", "br", "img", "input", "hr"}
MODELS = ("elmira", "elmira_graph", "two_proxies", "hanoi_2019", "chicken")


@cache
def dossier(name: str) -> Dossier:
    return collect(Study(load(name)), without=("brief", "claims"), length="full")


@cache
def usual(name: str) -> Dossier:
    return collect(Study(load(name)))


@cache
def html(name: str) -> str:
    return page(dossier(name))


class Reader(HTMLParser):
    """Follows the tags of a page and keeps what the tests ask for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.wrong: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"{tag} at {self.getpos()}")

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@cache
def read(name: str) -> Reader:
    return Reader(html(name))


@pytest.mark.parametrize("name", MODELS)
class TestPage:
    def test_tags_are_balanced_and_ids_unique(self, name: str) -> None:
        reader = read(name)
        assert not reader.wrong
        assert not reader.open
        ids = [attrs["id"] for _, attrs in reader.tags if "id" in attrs]
        assert len(ids) == len(set(ids))

    def test_nothing_is_loaded_from_elsewhere(self, name: str) -> None:
        reader = read(name)
        for tag, attrs in reader.tags:
            assert not str(attrs.get("src", "")).strip()
            if tag != "a":
                assert not re.match(r"(https?:)?//", str(attrs.get("href", "")))
        style = html(name).split("<style>")[1].split("</style>")[0]
        assert "@import" not in style
        assert "url(" not in style
        assert not [found for found in re.findall(r"url\(([^)]*)\)", html(name)) if not found.startswith("#")]
        assert "default-src 'none'" in html(name)

    def test_is_small(self, name: str) -> None:
        assert len(html(name).encode()) < 3_000_000

    def test_headings_go_down_one_level_at_a_time(self, name: str) -> None:
        levels = [int(tag[1]) for tag, _ in read(name).tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_basics_of_accessibility(self, name: str) -> None:
        reader = read(name)
        assert reader.all("html") == [{"lang": "en"}]
        assert len(reader.all("table")) == len(reader.all("caption")) > 0
        assert all("scope" in attrs for attrs in reader.all("th"))
        assert reader.all("a")[0] == {"class": "skip", "href": "#main"}
        assert len(reader.all("main")) == len(reader.all("nav")) == 1
        ids = {attrs.get("id") for _, attrs in reader.tags}
        links = [str(attrs["href"]) for attrs in reader.all("a") if str(attrs["href"]).startswith("#")]
        assert {link[1:] for link in links} <= ids
        for attrs in reader.all("svg"):
            assert attrs.get("aria-hidden") == "true" or attrs.get("aria-label")
        regions = [attrs for _, attrs in reader.tags if attrs.get("role") == "region"]
        assert regions
        assert all(attrs.get("aria-label") and attrs.get("tabindex") == "0" for attrs in regions)

    def test_contents_name_every_section(self, name: str) -> None:
        nav = html(name).split("<nav")[1].split("</nav>")[0]
        linked = re.findall(r'href="#([^"]+)"', nav)
        assert linked == [section.id for section in dossier(name).sections]
        parts = list(dict.fromkeys(section.part for section in dossier(name).sections))
        assert re.findall(r'<p class="part">([^<]+)</p>', html(name)) == parts

    def test_twin_is_plain_data_with_the_same_sections(self, name: str) -> None:
        twin = dossier(name).to_json()
        assert json.loads(json.dumps(twin)) == twin
        assert [section["id"] for section in twin["sections"]] == [section.id for section in dossier(name).sections]


def test_the_flagship_says_everything_but_hindcast() -> None:
    found = [section.id for section in dossier("two_proxies").sections]
    assert found == [name for name in SECTIONS if name not in ("brief", "claims", "observations")]


def test_sections_that_do_not_apply_are_left_out() -> None:
    found = {section.id for section in dossier("elmira").sections}
    assert not found & {"partnerships", "platforms", "claims", "timeline", "types"}
    assert {"question", "options", "status-quo", "states", "matrix", "levers", "path", "again"} <= found


def answer(found: Dossier) -> str:
    return " ".join(found.section("question").to_json()["blocks"][0]["paragraphs"])


def facts_of(found: Dossier) -> dict[str, dict[str, str]]:
    blocks = found.section("question").to_json()["blocks"]
    return {fact["section"]: fact for block in blocks if block["kind"] == "facts" for fact in block["facts"]}


def test_the_flagship_answers_whether_policies_break_the_link() -> None:
    """Its question is about changed incentives, so the answer is not what happens under unchanged ones."""
    said = answer(dossier("two_proxies"))
    assert said.startswith("the Russia–North Korea partnership holds, as things stand, where foresight play ends. ")
    assert (
        "“carpenter”: holds in 1, breaks in 6, depends on how play goes in 2 of 9 combinations of readings of Russia and "
        "North Korea." in said
    )
    assert "“biden24” breaks it under no reading" in said


def test_hanoi_is_answered_by_the_explanations() -> None:
    said = answer(dossier("hanoi_2019"))
    assert said.startswith("The recorded moves fit “p_bigdeal + impatient” best: 4 of 5")
    assert "weak evidence, n = 5" in said.lower()
    assert "small deal" not in said


def test_elmira_says_what_becomes_of_every_outcome_and_of_the_status_quo() -> None:
    said, facts = answer(dossier("elmira")), facts_of(dossier("elmira"))
    assert (
        "“the firm accepts an order” comes about nowhere where play ends. “the plant closes” comes about nowhere"
        in said
    )
    assert facts["status-quo"]["answer"] == "No; only if the others would hurt themselves to punish"
    assert "play ends with insistence on the original order." in facts["status-quo"]["says"]
    assert "levers" not in facts, "of two outcomes nobody named one"


def test_what_is_chosen_is_answered() -> None:
    elmira, without = Study(load("elmira")), [name for name in SECTIONS if name not in ("question", "levers")]
    named = collect(elmira, without=without, goal="settled")
    assert answer(named).endswith("“the firm accepts an order” comes about nowhere where play ends.")
    assert facts_of(named)["levers"]["asks"] == "Who can bring “the firm accepts an order” about alone?"
    by = collect(elmira, without=without, goal="settled", by=["uniroyal"])
    assert by.command.startswith("detente report elmira --goal settled --by uniroyal --without")
    assert answer(by) == (
        "Uniroyal Chemical can make sure of “the firm accepts an order”: choose “order accepted”. It would not last: "
        "it would not keep to it if free again."
    )
    assert facts_of(by)["levers"]["answer"] == "Yes, but it would not last"
    with pytest.raises(InputError, match="Name the outcome as the goal; known: settled, plant_closed"):
        collect(elmira, by=["uniroyal"])


LIKELY = re.compile(
    r"\b(un)?likel(y|ihood)\b|\bprobabl[ey]\b|\bruled out\b|\bcertain in the model\b|\babout even\b|\d ?%"
)


@pytest.mark.parametrize("name", MODELS)
def test_counting_makes_no_likelihood(name: str) -> None:
    """Shares of readings or states are counts; only the hindcast and the section on doubt have chances.

    Those of the hindcast are of blind choice; those of doubt are shares of draws from stated dispersions, or of plays by stated
    tempo, and carry no word of likelihood either.
    """
    for section in dossier(name).sections:
        for block in section.blocks:
            told = {**block.to_json(), "svg": ""}
            text = (
                json.dumps(told, ensure_ascii=False)
                .replace("A count is no likelihood", "")
                .replace("no likelihood", "")
            )
            if section.id == "doubts":
                text = re.sub(r"\d ?%", "", text)
            assert section.id in ("literature", "timeline") or not LIKELY.search(text), (
                section.id,
                LIKELY.search(text),
            )
            drawn = block.to_json().get("svg", "")
            words = re.sub(r"<style>.*?</style>|<[^>]*>", " ", drawn, flags=re.DOTALL)
            words = re.sub(r"\d ?%", "", words) if section.id == "doubts" else words
            assert not LIKELY.search(words.replace("no likelihood", ""))


def test_a_count_has_one_denominator() -> None:
    """The report, the command and the picture go through the same combinations of readings."""
    found = dossier("two_proxies")
    said = facts_of(found)["types"]
    assert said["answer"] == "Always in 12, sometimes in 4, never in 20 of 36 combinations of readings"
    assert said["says"].endswith("of 36 combinations of readings of the United States, Russia and North Korea.")
    assert types(Study(load("two_proxies")).case, Query("decoupled")).combinations == 36
    assert "of 36 combinations" in picture(Study(load("two_proxies")).case, "types").title


def test_chances_that_the_file_states_are_used() -> None:
    text = """
detente: 1
title: Chances
actors:
  a:
    options: {x: }
    readings: {eager: {priorities: [x]}, shy: {priorities: [not x]}}
  b: {options: {y: }, priorities: [y]}
now: []
outcomes: {o: x}
"""
    said = "By the chances that the file states, each actor's readings apart from the others': always 0.75, never 0.25."
    stated = page(collect(Study(read_text(text + "uncertainty: {a: {chances: {eager: 3/4, shy: 0.25}}}\n"))))
    assert said in stated.replace("&#39;", "'")
    assert "chances that the file states" not in page(collect(Study(read_text(text))))


def test_the_grid_of_types_has_every_combination() -> None:
    grid = next(b.sheet for b in dossier("two_proxies").section("types").blocks if isinstance(b, Table))
    verdicts = [value for row in grid.rows for value in row[1:]]
    assert [verdicts.count(word) for word in ("ALL", "SOME", "NONE")] == [12, 4, 20]


def test_articles_and_public_record_are_kept_apart() -> None:
    titles = [block.to_json()["title"] for block in dossier("two_proxies").section("timeline").blocks]
    drawn, *listed = titles
    assert drawn.startswith("Of 49 dates 15 are moves in the model")
    assert listed == ["Timeline: said in the articles", "Timeline: later public record"]


def test_hindcast_stands_where_there_is_a_history() -> None:
    assert dossier("hanoi_2019").section("timeline").title == "Timeline and hindcast"


def test_states_and_relations_are_drawn() -> None:
    text = html("two_proxies")
    shown = text.count('<g class="state')
    assert shown > 1
    assert f"Not drawn: {64 - shown} further states" in text
    assert "Russia" in text.split('data-kind="actors"')[1].split("</svg>")[0]


def test_key_judgements_are_tied_to_numbers_and_lead_to_their_sections() -> None:
    said = facts_of(dossier("two_proxies"))
    assert set(said) == {"status-quo", "types", "levers", "packages", "coalitions", "pivots"}
    assert said["status-quo"]["answer"] == "Yes"
    assert said["packages"]["answer"] == "No sourced price", "nobody sourced it, so the first page does not tell it"
    assert re.search(r"\b5\b", said["packages"]["says"]) is None
    assert "No price has a source: they are suppositions." in said["packages"]["says"]
    assert said["pivots"]["answer"] == "7 of 82 changes"
    assert said["levers"]["answer"] == "Yes, but it would not last"
    assert "United States and North Korea" in said["coalitions"]["says"]


def test_a_judgement_of_a_section_left_out_is_left_out() -> None:
    found = collect(Study(load("elmira")), without=("brief", "levers", "pivots"))
    facts = found.section("question").to_json()["blocks"][1]["facts"]
    assert {fact["section"] for fact in facts} <= {section.id for section in found.sections}


def test_the_full_report_says_where_the_doubt_lies() -> None:
    """Each in one sentence with the command that says more, and the picture; nothing of it in the usual report."""
    text, drawn = dossier("two_proxies").section("doubts").blocks
    assert isinstance(text, Text)
    assert any(said.startswith("Where ") and "detente boxes two_proxies --goal" in said for said in text.paragraphs)
    assert any(said.startswith("Look first into this: ") and "detente collect" in said for said in text.paragraphs)
    assert isinstance(drawn, Picture)
    assert (drawn.drawing.kind, drawn.command) == ("tornado", "detente picture tornado two_proxies --goal decoupled")
    assert "doubts" not in {section.id for section in usual("two_proxies").sections}


def table(name: str, section: str, title: str) -> list[tuple[object, ...]]:
    blocks = dossier(name).section(section).blocks
    return list(next(b.sheet.rows for b in blocks if isinstance(b, Table) and b.sheet.title == title))


def test_packages_say_what_it_costs_and_who_lets_it_pass() -> None:
    rows = {row[0]: row[1:] for row in table("two_proxies", "packages", "What it would cost")}
    relief = "Sanctions relief for a Russia without the partnership"
    scale = "on the file's own scale"
    assert rows["“decoupled”"] == ("yes", relief, f"5 {scale}", f"5 {scale}", "United States and Russia", "North Korea")
    assert rows["“troops home”"][2:] == (f"2 {scale}", f"2 {scale}", "United States and North Korea", "Russia")
    assert rows["the Russia–North Korea partnership breaks in every SEQ equilibrium within reach"][2] == f"5 {scale}"


def test_coalitions_are_those_of_the_question() -> None:
    from detente.questions.coalitions.coalitions import coalitions

    found = coalitions(Study(load("elmira_graph")).case)
    rows = table("elmira_graph", "coalitions", "Who would upset an equilibrium")
    assert [(row[0], row[4]) for row in rows] == [(each.state, each.target) for each in found.upsets]
    firm = table("elmira_graph", "coalitions", "What holds against every coalition")
    assert [row[0] for row in firm if row[2] == "yes"] == list(found.universal["cnash"]) == ["s8", "s9"]


def test_why_the_status_quo_holds_is_told() -> None:
    turns = next(b for b in dossier("two_proxies").section("status-quo").to_json()["blocks"] if b["kind"] == "talk")
    told = " ".join(f"{turn['question']} {turn['answer']}" for turn in turns["turns"])
    assert "Why does Russia not drop “Active military partnership with Pyongyang”?" in told
    assert "But then North Korea would drop “Deploy troops for Russia”, because it prefers" in told
    assert not {option.key for option in load("two_proxies").options} & set(re.findall(r"\w+", told)), told


def test_states_have_plain_names() -> None:
    cards = next(b for b in dossier("two_proxies").section("states").to_json()["blocks"] if b["kind"] == "cards")
    named = {card["state"]: card["title"] for card in cards["cards"]}
    assert named["56"] == "Today"
    assert named["54"] == "No “Deliver munitions and arms to Russia”"
    assert len(set(named.values())) == len(named), "no two states are called the same"


def test_the_stability_matrix_has_states_actors_and_concepts() -> None:
    rows = table("two_proxies", "matrix", "Every state, every actor, every concept")
    analysis = Study(load("two_proxies")).analyze()
    assert len(rows) == 64
    for cell, row in zip(analysis.conflict.states, rows, strict=True):
        for n, player in enumerate(analysis.conflict.players):
            held = [c.upper() for c in ("nash", "seq", "smr", "gmr") if analysis.is_stable(c, player.id, int(cell))]
            assert str(row[2 + n]).upper().split() == (held or ["–"])


def test_assumptions_are_told_apart_from_what_is_said() -> None:
    rows = table("two_proxies", "evidence", "Assumptions to check first")
    told = [str(row[1]) for row in rows]
    assert any("Sanctions relief" in text for text in told)
    assert "us_nato" not in told
    assert all(row[2] for row in rows)
    drift = Study(load("drift_to_war"))
    reactions = [w for w in drift.case.wishes if w.reaction]
    found = collect(drift, without=("claims",)).section("evidence").blocks
    sheet = next(b.sheet for b in found if isinstance(b, Table) and b.sheet.title == "Assumptions to check first")
    assert sum("a reaction rule" in str(row[2]) for row in sheet.rows) == len(reactions) > 0


def test_only_literature_in_use_is_named() -> None:
    from detente.literature import REFERENCES

    works = [row[0] for row in table("elmira", "literature", "Literature used")]
    assert set(works) - set(REFERENCES) <= {source.text for source in load("elmira").sources.values()}
    assert "Kilgour, Hipel, Fang & Peng 2001" in works
    assert "Crawford 2011" not in works
    assert "Crawford 2011" in [row[0] for row in table("two_proxies", "literature", "Literature used")]


@pytest.mark.parametrize("name", MODELS)
def test_the_twin_has_every_table_card_and_picture_of_the_page(name: str) -> None:
    twin = dossier(name).to_json()
    blocks = [block for section in twin["sections"] for block in section["blocks"]]
    kinds = [block["kind"] for block in blocks]
    assert kinds.count("table") == len(read(name).all("table"))
    assert sum(len(block["cards"]) for block in blocks if block["kind"] == "cards") == html(name).count('class="card"')
    assert kinds.count("picture") == len([a for a in read(name).all("svg") if a.get("data-kind")])
    assert all(block["svg"].startswith("<svg") and block["command"] for block in blocks if block["kind"] == "picture")


def test_what_regenerates_it_is_named() -> None:
    rows = {row[0]: row[1] for row in table("two_proxies", "again", "What regenerates this report")}
    assert rows["command"] == "detente report two_proxies --full --without brief --without claims"
    assert rows["SHA-256 of the file"] == hashlib.sha256(load("two_proxies").text.encode()).hexdigest()
    assert "seeds" in rows


def test_a_report_of_a_users_file_names_the_file_and_the_readings(tmp_path: Path) -> None:
    """Whoever pastes a command from the report gets the same again, in the folder where the file lies."""
    file = tmp_path / "my model.yaml"
    source = library.text("two_proxies").split("\nclaims:\n")[0] + "\n"
    file.write_text(source.replace("title: Two proxies", "title: Mine"), encoding="utf-8")
    made = collect(Study(load(str(file)), {"us": "carpenter"}), without=("claims",), goal="troops_home")
    assert made.command == ("detente report 'my model.yaml' --reading us=carpenter --goal troops_home --without claims")
    drawn = {block.command for section in made.sections for block in section.blocks if isinstance(block, Picture)}
    assert "detente picture pivots 'my model.yaml' --reading us=carpenter --goal troops_home" in drawn
    assert all("'my model.yaml' --reading us=carpenter" in command for command in drawn)
    assert str(tmp_path) not in page(made)


def test_the_file_says_which_article_a_name_has() -> None:
    """No name is known to the program: what the file says goes before it inside sentences, and nothing else."""
    from detente.present.names import Names

    text = library.text("syria_iraq_1975")
    first = load("syria_iraq_1975").actors[0]
    head = f"  {first.id}:\n"
    assert head in text
    told = read_text(text.replace(head, f"{head}    article: the\n", 1))
    assert Names.of(told).the(first.id) == f"the {first.name}"
    assert Names.of(load("syria_iraq_1975")).the(first.id) == first.name
    assert any(first.name in line and f"the {first.name}" in line for line in page(collect(Study(told))).splitlines())
    assert load("two_proxies").actor("us").article == "the"
    assert Names.of(load("chicken")).the("first") == "the first driver", "the article may be given with the name"


def test_terms_are_read_by_name() -> None:
    from detente.present.pages.render import Speaker
    from detente.present.words import Words

    text = "detente: 1\nactors: {nk: {name: North Korea, options: {nk_arms: Deliver <arms>}, priorities: [nk_arms]}}\n"
    speaker = Speaker(Words(read_text(text)))
    assert speaker.words(ActorTerm("nk")) == "North Korea"
    assert speaker.words("nk") == "nk", "a text is no name unless it says so"
    assert speaker.words(Phrase.of(ActorTerm("nk"), ": <b>")) == "North Korea: &lt;b&gt;"
    assert speaker.words(FormulaTerm("not nk_arms")) == "no “Deliver &lt;arms&gt;”"
    assert speaker.words("nk_arms") == "nk_arms"
    assert "<abbr" not in page(dossier("elmira"))


SMALL = "detente: 1\ntitle: T\nactors:\n  a: {options: {x: }, priorities: [x]}\n"
OTHER = "  b: {options: {y: }, priorities: [y and x]}\n"


def test_a_model_without_a_status_quo_says_nothing_about_one(tmp_path: Path) -> None:
    written = page(collect(Study(read_text(SMALL + OTHER + "outcomes: {both: x and y}\n"))))
    assert "Today is today's state" not in written
    assert "today's state in bold" not in written
    assert "A square is today's state" not in written
    assert 'scope="col">today<' not in written


def test_one_actor_alone_has_no_coalitions() -> None:
    assert "coalitions" not in {section.id for section in collect(Study(read_text(SMALL + "now: []\n"))).sections}


def test_a_state_shows_its_number_beside_a_count_of_changes() -> None:
    """State 3 may be "3 changes from today": the number of the state is still told."""
    written = html("two_proxies")
    assert written.count('class="state-no"') == written.count('<li class="card">')


def test_notes_are_sentences_and_concepts_have_their_names() -> None:
    written = html("two_proxies")
    for note in re.findall(r'<p class="note">(.*?)</p>', written):
        text = re.sub("<[^>]+>", "", note).split(" As a file:")[0]
        assert text.rstrip()[-1] in ".:!?…", text
        assert text[0].isupper() or not text[0].isalpha() or "_" in text.split()[0] or text.split()[0][-1] == ":", text
    for raw in ("CNASH", ">nash equilibria", "today, gmr", "Wedges of us "):
        assert raw not in written


def test_what_people_write_cannot_become_markup(tmp_path: Path) -> None:
    file = tmp_path / "sharp.yaml"
    text = Path(load("chicken").path) if Path(load("chicken").path).exists() else None
    source = text.read_text(encoding="utf-8") if text else library.text("chicken")
    file.write_text(re.sub(r"(?m)^title: .*$", 'title: "<script>alert(1)</script> & more"', source), encoding="utf-8")
    written = page(collect(Study(load(str(file)))))
    assert "<script>alert" not in written
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in written


def test_the_same_study_gives_the_same_page() -> None:
    assert page(collect(Study(load("elmira")))) == page(collect(Study(load("elmira"))))
    assert page(collect(Study(load("two_proxies")), without=("brief", "claims"), length="full")) == html("two_proxies")


def test_claims_stand_in_the_report_as_in_the_register(tmp_path: Path) -> None:
    lines = library.text("two_proxies").split("\nclaims:\n")
    head, after = lines[0], lines[1]
    body = re.split(r"(?m)^(?=[a-z_]+:)", after)[0]
    rest = after[len(body) :]
    first = "".join(re.split(r"(?m)^(?=  C\d+:)", body)[7:9])
    file = tmp_path / "few.yaml"
    file.write_text(
        re.sub(r", claims: \[[^]]*\]|claims: \[[^]]*\], |\n +claims: \[[^]]*\]", "", f"{head}\nclaims:\n{first}{rest}"),
        encoding="utf-8",
    )
    without = [name for name in SECTIONS if name not in ("claims", "again")]
    scenario = load(str(file))
    told = collect(Study(scenario), without=without, length="full").section("claims").to_json()["blocks"][2]["rows"]
    register = Study(scenario).claims()
    assert [row[:4] for row in told] == [[row.id, row.says, row.label, row.because] for row in register]
    assert len(told) == 2


def test_the_brief_comes_first_and_says_what_the_command_says() -> None:
    found, study = usual("hanoi_2019"), Study(load("hanoi_2019"))
    assert [section.id for section in found.sections[:2]] == ["brief", "question"]
    told = brief_page(study.case, study.brief())
    first, near, choose, table, talk, names, rests = found.section("brief").to_json()["blocks"]
    assert first["paragraphs"] == [told.paragraphs["answer"]]
    assert near["paragraphs"] == [told.paragraphs["near"]]
    assert "Every list within 1 swap was tried." in told.paragraphs["near"]
    assert [axis["label"] for axis in choose["axes"]] == ["United States (Trump, first term)", "North Korea"]
    assert told.table is not None
    assert table["rows"] == [list(row) for row in told.table.rows]
    assert {turn["question"]: turn["answer"] for turn in talk["turns"]} == {
        FIELDS[name]: text for name, text in told.paragraphs.items() if name not in ("question", "answer", "near")
    }
    assert names["title"] == "What the names stand for"
    assert rests["title"] == "What each field rests on"
    assert "text" not in [block["kind"] for block in found.section("question").to_json()["blocks"][:1]], "said once"
    parts = [section.part for section in found.sections]
    assert list(dict.fromkeys(parts)) == [
        "The answer", "What decides it", "What could be done", "How sure it is", "The case", "Method",
    ]  # fmt: skip


def test_another_question_than_that_of_the_file_has_no_brief() -> None:
    found = collect(Study(load("elmira")), goal="settled")
    assert found.sections[0].id == "question"
    assert "the firm accepts an order" in answer(found)


def test_how_long_a_report_is() -> None:
    """The brief one has the first page; the usual one no claims, no matrix and no table of many rows; the full one has all."""
    study = Study(load("two_proxies"))
    brief = collect(study, length="brief")
    assert [section.id for section in brief.sections] == ["brief", "limits", "again"]
    assert brief.command == "detente report two_proxies --brief"
    found, full = usual("two_proxies"), dossier("two_proxies")
    assert not {section.id for section in found.sections} & {"claims", "matrix"}
    assert found.command == "detente report two_proxies"
    rows = {
        length: [
            len(block.sheet.rows)
            for section in each.sections
            if not SECTIONS[section.id].whole
            for block in section.blocks
            if isinstance(block, Table) and not block.heat
        ]
        for length, each in (("usual", found), ("full", full))
    }
    assert max(rows["usual"]) <= LONG < max(rows["full"])
    long = [
        f"{block.sheet.title}: {len(block.sheet.rows)} rows, in the full report (`--full`)."
        for section in full.sections
        if section.id in {each.id for each in found.sections} and not SECTIONS[section.id].whole
        for block in section.blocks
        if isinstance(block, Table) and not block.heat and len(block.sheet.rows) > LONG
    ]
    paragraphs = [block.to_json().get("paragraphs", ()) for section in found.sections for block in section.blocks]
    assert [text for told in paragraphs for text in told if text.endswith("(`--full`).")] == long != []
    assert len(page(found)) <= 500_000
    with pytest.raises(UnknownName, match="length of a report"):
        collect(study, length="longest")


def test_strategic_moves_say_whether_they_would_be_kept() -> None:
    """As `induce` has them, with what kept, a device and an announcement mean."""
    found = usual("chicken").section("moves").to_json()["blocks"]
    asked = Study(load("chicken")).induce(most=64)
    words = {each.kept_word for each in asked.minimal}
    assert len(found[1]["rows"]) == len(asked.minimal) > 0
    assert {row[4] for row in found[1]["rows"]} == words
    assert all(any(text in found[0]["paragraphs"][0] for text in [KEPT_EXPLAINED[word]]) for word in words)


def test_observations_stand_before_any_record() -> None:
    sections = [section.id for section in usual("hanoi_2019").sections]
    assert sections.index("observations") < sections.index("timeline")
    watch = usual("hanoi_2019").section("observations").to_json()["blocks"][1]
    asked = Study(load("hanoi_2019")).observations(["us", "nk"], within=2)
    assert asked.accounts is not None
    assert len(watch["rows"]) == len(asked.accounts.watch) > 0
    assert watch["columns"] == ["observation", "seen", "told apart", "speaks for", "speaks against"]


def test_every_printed_page_has_the_title_and_its_number() -> None:
    text = page(usual("hanoi_2019"))
    assert re.search(r'@page\{@top-left\{content:"Hanoi\\2c  February 2019 ', text)
    assert 'content:counter(page) " / " counter(pages)' in text


@pytest.mark.parametrize("bad", [{"without": ("nonsense",)}, {"goal": "nonsense"}])
def test_unknown_names_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(UnknownName):
        collect(Study(load("elmira")), **bad)  # type: ignore[arg-type]


def test_verdicts_are_shaded() -> None:
    assert [heat(VerdictTerm(word)) for word in ("BREAKS", "FRAYS", "HOLDS", "other")] == ["h3", "h2", "h1", ""]
    assert heat("HOLDS") == "", "a word is no verdict unless it says so"


class TestCommand:
    def test_writes_and_never_overwrites(self, tmp_path: Path) -> None:
        target = tmp_path / "out.html"
        command = ["report", "elmira", "-o", str(target)]
        assert CliRunner().invoke(main, command).exit_code == 0
        written = target.read_text(encoding="utf-8")
        target.write_text("mine", encoding="utf-8")
        refused = CliRunner().invoke(main, command)
        assert refused.exit_code == 2
        assert "--force" in refused.output
        assert target.read_text(encoding="utf-8") == "mine"
        assert CliRunner().invoke(main, [*command, "--force"]).exit_code == 0
        assert target.read_text(encoding="utf-8") == written

    def test_json_goes_to_standard_output(self) -> None:
        result = CliRunner().invoke(main, ["report", "elmira", "--json", "--without", "matrix"])
        assert result.exit_code == 0
        document = json.loads(result.stdout)
        assert document["kind"] == "report"
        assert "matrix" not in [section["id"] for section in document["sections"]]
        assert document["command"] == "detente report elmira --without matrix"

    def test_a_missing_folder_is_told(self, tmp_path: Path) -> None:
        result = CliRunner().invoke(main, ["report", "elmira", "-o", str(tmp_path / "none" / "x.html")])
        assert result.exit_code == 2
        assert "no folder" in result.output


def test_words_lead_to_what_they_mean() -> None:
    """Every link of a word leads to its entry in the same file, once a section; no heading, table or name is linked."""
    written = page(dossier("two_proxies"))
    entries = set(re.findall(r'<div id="(word-[a-z-]+)"><dt>', written))
    links = re.findall(r'<a class="term" href="#([a-z-]+)" title="[^"]+">([^<]+)</a>', written)
    assert {name for name, _ in links} <= entries
    assert {"word-counter-move", "word-improvement", "word-seq"} <= {name for name, _ in links}
    assert ("word-equilibrium", "equilibria") in links
    for section in re.findall(r"(?s)<section.*?</section>", written):
        first = re.findall(r'<a class="term" href="#([a-z-]+)"', section)
        assert len(first) == len(set(first))
    apart = re.findall(r"(?s)<table.*?</table>|<h\d.*?</h\d>|<svg.*?</svg>|“[^”]*”", written)
    assert not [each for each in apart if 'class="term"' in each]
    assert re.sub(r'<a class="term"[^>]*>([^<]*)</a>', r"\1", written).count('<a class="term"') == 0


def test_markdown_says_what_words_mean() -> None:
    written = report_markdown(dossier("two_proxies"))
    assert "[What the words mean](#what-the-words-mean)" in written
    meaning = "What others can do after a move, so that the mover is no better off than before it."
    assert f"- **counter-move** (sanction): {meaning}" in written
