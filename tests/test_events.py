"""Tables of coded events: the published layouts, bad input, and every guard against brute force and our own coded sample."""

from __future__ import annotations

import datetime
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.case import Case
from detente.cli import main
from detente.errors import InputError, Lacks, ScenarioError, UnknownName
from detente.questions.history.events import GUARDS, Incoming, events, period_of
from detente.questions.history.records import history_text
from detente.records.coded_events import ACLED, GDELT, POLECAT, Coded, Row, Unread, read, rows
from detente.scenario import check, load, read_text
from detente.scenario.model import EventGuards

HERE = Path(__file__).parent / "data" / "events"
PORTS = HERE / "ports.yaml"
SAMPLE, CODED = HERE / "sample.tsv", HERE / "sample_coded.csv"


@pytest.fixture(scope="module")
def case() -> Case:
    return Case(load(PORTS))


# --- layouts -----------------------------------------------------------------------------------------------------------

BASE = {
    "GlobalEventID": "7", "Day": "20310502", "Actor1Code": "XNOGOV", "Actor1Name": "NORTHLAND", "Actor1CountryCode": "XNO",
    "Actor1Type1Code": "GOV", "Actor2Code": "XSO", "Actor2Name": "SOUTHLAND", "Actor2CountryCode": "XSO",
    "EventCode": "036", "EventBaseCode": "036", "EventRootCode": "03", "NumMentions": "10", "NumSources": "4",
    "DATEADDED": "20310503", "SOURCEURL": "https://www.Gazette.example/a?b=c",
}  # fmt: skip


def gdelt(width: int = 61, **cells: str) -> str:
    """A row as GDELT writes it."""
    return "\t".join({**BASE, **cells}.get(name, "") for name in GDELT[width])


def only(text: str, form: str = "gdelt") -> Row:
    (row,) = rows(text, form)
    return row


def test_gdelt_columns_are_as_published() -> None:
    """Places in the codebooks: column 27 is EventCode, 32 to 34 count mentions, sources and articles."""
    assert sorted(GDELT) == [57, 58, 61]
    for width, columns in GDELT.items():
        assert len(columns) == len(set(columns)) == width
        assert columns[26] == "EventCode"
        assert columns[31:34] == ("NumMentions", "NumSources", "NumArticles")
        assert columns[5] == "Actor1Code" and columns[15] == "Actor2Code"
    assert GDELT[61][59:] == GDELT[58][56:] == ("DATEADDED", "SOURCEURL")
    assert GDELT[57][-1] == "DATEADDED"
    assert GDELT[61][39] == "Actor1Geo_ADM2Code" and "Actor1Geo_ADM2Code" not in GDELT[58]


@pytest.mark.parametrize("width", GDELT)
def test_gdelt(width: int) -> None:
    row = only(gdelt(width))
    assert isinstance(row, Coded)
    assert (row.id, row.date, row.published, row.codes) == ("7", "2031-05-02", "2031-05-03", ("036",))
    assert row.actor == (("XNO", "XNOGOV", "NORTHLAND"), "GOV")
    assert row.target == (("XSO", "XSO", "SOUTHLAND"), "")
    assert (row.sources, row.mentions) == (4, 10)
    assert row.told_by == (("gazette.example",) if width > 57 else ())


def test_surplus_tabs_mean_nothing() -> None:
    for width in GDELT:
        assert only(gdelt(width) + "\t\t\t") == only(gdelt(width))
    assert isinstance(only(gdelt(61, SOURCEURL="")), Coded), "an address may be missing"
    first, second = rows(gdelt() + "\n" + gdelt() + "\tand more", "gdelt")
    assert isinstance(first, Coded)
    assert second == Unread(2, "62 columns instead of 61")


def test_tabs_inside_a_row_shift_it_and_are_noticed() -> None:
    shifted = gdelt().replace("NORTHLAND\t", "NORTH\tLAND\t")
    found = list(rows(f"{gdelt()}\n{shifted}\n{gdelt()}", "gdelt"))
    assert [type(row) for row in found] == [Coded, Unread, Coded]


@pytest.mark.parametrize("spoiled", ["36", "36.0", "---", "", "0", "21"])
def test_a_code_that_is_none_is_not_read(spoiled: str) -> None:
    """`036` is a meeting that is meant; 36 is what a spreadsheet makes of it."""
    row = only(gdelt(EventCode=spoiled, EventBaseCode=spoiled, EventRootCode=spoiled[:2]))
    assert isinstance(row, Unread)
    assert row.why.startswith(f"the event code is '{spoiled}': a CAMEO code begins with 01 to 20")


def test_a_zero_lost_from_a_code_that_still_looks_like_one() -> None:
    """010 (a statement) without its zero looks like 10 (a demand); the root, which has one digit then, tells."""
    assert isinstance(only(gdelt(EventCode="10", EventBaseCode="10", EventRootCode="1")), Unread)
    assert isinstance(only(gdelt(EventCode="100", EventBaseCode="100", EventRootCode="10")), Coded)


@pytest.mark.parametrize("day", ["", "2031", "20310532", "2031-5-2", "20310502"[:7] + "\uff12"])
def test_a_date_that_is_none(day: str) -> None:
    row = only(gdelt(Day=day))
    assert isinstance(row, Unread)
    assert row.why == f"the date is '{day}'; expected YYYYMMDD"


def test_what_is_no_table_of_this_layout() -> None:
    with pytest.raises(ScenarioError, match=r"found 3 columns; GDELT's event files have 57, 58 or 61"):
        list(rows("a\tb\tc", "gdelt", "x.csv"))
    with pytest.raises(ScenarioError, match="found 62 columns"):
        list(rows(gdelt() + "\tx", "gdelt"))
    with pytest.raises(ScenarioError, match="no column 'Event ID' in the first line"):
        list(rows(gdelt(), "polecat"))
    with pytest.raises(ScenarioError, match="no column 'event_date'"):
        list(rows("a,b\n1,2\n", "acled"))
    with pytest.raises(UnknownName, match="unknown layout of events 'icews'"):
        rows("", "icews")
    for form in ("gdelt", "polecat"):
        assert list(rows("", form)) == []


def test_characters(tmp_path: Path) -> None:
    """A file that is no UTF-8 is ISO-8859-1; a byte order mark and the line ends of any system mean nothing."""
    text = gdelt(Actor1Name="CÔTE D'IVOIRE")
    for number, data in enumerate(
        (text.encode(), text.encode("iso-8859-1"), text.encode("utf-8-sig"), f"{text}\r\n{text}\r\n".encode())
    ):
        (tmp_path / f"{number}.csv").write_bytes(data)
        found = list(read(tmp_path / f"{number}.csv", "gdelt"))
        assert len(found) == (2 if number == 3 else 1)
        assert all(isinstance(row, Coded) and row.actor.names[2] == "CÔTE D'IVOIRE" for row in found)
    (tmp_path / "packed.zip").write_bytes(b"PK\3\4\0\0")
    with pytest.raises(InputError, match="unpack the file first"):
        list(read(tmp_path / "packed.zip", "gdelt"))
    with pytest.raises(InputError, match="No such file"):
        list(read(tmp_path / "none.csv", "gdelt"))


def polecat(**cells: str) -> str:
    base = {
        "Event ID": "E1", "Event Date": "2031-05-02", "Event Type": "AID", "Event Mode": "military",
        "Contexts": "Military; hypothetical",
        "Actor Country": "XNO;XSO", "Actor Name": "Northland", "Primary Actor Sector": "GOV", "Recipient Country": "XEA",
        "Source": "Gazette", "Publication Date": "2031-05-01",
    }  # fmt: skip
    return "\t".join({**base, **cells}.get(name, "") for name in POLECAT)


def test_polecat() -> None:
    assert len(POLECAT) == 40
    head = "\t".join(POLECAT)
    for text in (
        f"{head}\n{polecat()}",
        f"{head}\t\t\n{polecat()}\t\t",  # tabs too many
        "\t".join((*POLECAT[:3], "Headline", *POLECAT[3:])) + f"\n{polecat()}",  # more names than columns
    ):
        row = only(text, "polecat")
        assert isinstance(row, Coded)
        assert row.codes == ("AID", "AID-military")
        assert row.contexts == ("military", "hypothetical")
        assert row.actor.names == ("XNO", "XSO", "Northland")
        assert (row.date, row.published, row.told_by, row.sources) == ("2031-05-02", "2031-05-01", ("Gazette",), None)
    spoiled = [only(f"{head}\n{polecat(**{name: ''})}", "polecat") for name in ("Event Date", "Event Type")]
    assert [row.why for row in spoiled if isinstance(row, Unread)] == [
        "the date is ''; expected YYYY-MM-DD",
        "no event type",
    ]


def test_acled() -> None:
    cells = {
        "event_id_cnty": "XNO1", "event_date": "2 May 2031", "event_type": "Battles", "sub_event_type": "Armed clash",
        "actor1": "Military Forces of Northland (2030-)", "inter1": "State Forces", "actor2": "Rebels; of the coast",
        "inter2": "Rebel group", "source": "Gazette; Post", "notes": 'On 2 May, "forces" clashed,\nand more',
    }  # fmt: skip
    for separator in (",", ";", "\t"):
        quoted = ('"{}"'.format(cells.get(name, "").replace('"', '""')) for name in ACLED)
        row = only(separator.join(ACLED) + "\n" + separator.join(quoted) + "\n", "acled")
        assert isinstance(row, Coded)
        assert (row.date, row.codes, row.sources) == ("2031-05-02", ("Battles", "Armed clash"), 2)
        assert row.actor == (("Military Forces of Northland (2030-)",), "State Forces")
        assert row.target.names == ("Rebels; of the coast",)
    assert isinstance(only("event_date,event_type,actor1\nsoon,Battles,A", "acled"), Unread)


# --- rules, guards and periods against brute force ---------------------------------------------------------------------

STATES, TYPES = (
    ("XNO", "XSO", "XEA"),
    ("SANCTION-blockade", "RETREAT-", "MOBILIZE-convoy", "ASSAULT-mines", "CONCEDE-tribute"),
)


def random_table(seed: int) -> list[dict[str, str]]:
    rng = random.Random(seed)
    start = datetime.date(2031, 1, 1)
    found = []
    for number in range(rng.randrange(1, 60)):
        kind, _, mode = rng.choice(TYPES).partition("-")
        day = start + datetime.timedelta(days=rng.randrange(90))
        told = day + datetime.timedelta(days=rng.choice((0, 0, 0, 1, -1)))
        found.append(
            {
                "Event ID": f"R{number}",
                "Event Date": day.isoformat(),
                "Publication Date": told.isoformat(),
                "Event Type": kind,
                "Event Mode": mode,
                "Actor Country": rng.choice(STATES),
                "Recipient Country": rng.choice(STATES),
                "Primary Actor Sector": rng.choice(("GOV", "GOV", "MIL", "BUS", "")),
                "Contexts": rng.choice(("", "", "military", "hypothetical;military", "historical")),
                "Source": rng.choice(("A", "B", "C")),
            }
        )
    return found


RULES = (
    ("XNO", "XSO", "SANCTION-blockade", ("blockade", 1)),
    ("XNO", "XSO", "RETREAT", ("blockade", 0)),
    ("XNO", "", "MOBILIZE-convoy", ("convoy", 1)),
    ("XSO", "XNO", "ASSAULT-mines", ("mines", 1)),
    ("XSO", "XNO", "CONCEDE-tribute", ("tribute", 1)),
)
"""The rules of the model, in words of this test."""


def expected(  # noqa: C901 (one reason after the other, as the definition has them)
    table: list[dict[str, str]], guards: EventGuards
) -> tuple[dict[str, int], list[tuple[str, str, int]]]:
    """From the definition: how many rows each reason takes, and (first date, option, value) of what came in."""
    counts = dict.fromkeys(("no rule", *GUARDS), 0)
    left = []
    for row in table:
        kind = "-".join(filter(None, (row["Event Type"], row["Event Mode"])))
        fitting = [
            sets
            for actor, target, code, sets in RULES
            if row["Actor Country"] == actor and target in ("", row["Recipient Country"]) and kind == code
        ]
        if not fitting:
            counts["no rule"] += 1
        elif guards.roles and row["Primary Actor Sector"] not in ("", *guards.roles):
            counts["roles"] += 1
        elif set(row["Contexts"].split(";")) & set(guards.contexts):
            counts["contexts"] += 1
        elif guards.future and row["Event Date"] > row["Publication Date"]:
            counts["future"] += 1
        else:
            left.append((row["Event Date"], fitting[0], row["Source"]))
    left.sort(key=lambda each: each[0])
    came_in = []
    while left:
        date, (option, value), _ = left[0]
        same, last = [left[0]], date
        if guards.window is not None:
            for other in left[1:]:
                if other[1] == (option, 1 - value):
                    break
                gap = (datetime.date.fromisoformat(other[0]) - datetime.date.fromisoformat(last)).days
                if other[1] == (option, value) and gap <= guards.window:
                    same.append(other)
                    last = other[0]
        for each in same:
            left.remove(each)
        if guards.sources is not None and len({source for *_, source in same}) < guards.sources:
            counts["sources"] += len(same)
        elif guards.mentions is not None and len(same) < guards.mentions:
            counts["mentions"] += len(same)
        else:
            counts["window"] += len(same) - 1
            came_in.append((date, option, value))
    return {why: number for why, number in counts.items() if number}, came_in


def told(case: Case, text: str, folder: Path, guards: EventGuards | None = None) -> Incoming:
    (folder / "table.tsv").write_text(text, encoding="utf-8")
    table = case.scenario.events
    assert table is not None
    if guards is not None:
        case = Case(replace(case.scenario, events=replace(table, guards=guards)))
    return events(case, [folder / "table.tsv"])


def test_against_brute_force(case: Case, tmp_path: Path) -> None:
    """Sixty random tables under random guards: every row is accounted for, and the same events come in."""
    for seed in range(60):
        rng, table = random.Random(-seed), random_table(seed)
        guards = EventGuards(
            sources=rng.choice((None, 1, 2, 3)),
            mentions=rng.choice((None, 2)),
            window=rng.choice((None, 0, 3, 30)),
            contexts=rng.choice(((), ("hypothetical",), ("hypothetical", "historical"))),
            future=rng.random() < 0.5,
            roles=rng.choice(((), ("GOV",), ("GOV", "MIL"))),
        )
        text = "\n".join(["\t".join(POLECAT), *("\t".join(row.get(name, "") for name in POLECAT) for row in table)])
        found = told(case, text, tmp_path, guards)
        counts, came_in = expected(table, guards)
        assert {each.why: each.rows for each in found.left_out} == counts, seed
        assert sorted((e.date, *e.settings.items()) for e in found.came_in) == sorted(
            (date, (option, value)) for date, option, value in came_in
        ), seed
        assert found.rows == len(table) == len(found.came_in) + sum(each.rows for each in found.left_out)


def test_periods_of_nothing_are_records(case: Case, tmp_path: Path) -> None:
    found = events(case, [SAMPLE])
    assert found.periods == ("2031-03", "2031-04", "2031-05", "2031-06")
    assert found.quiet == ("2031-04", "2031-06")
    assert [(e.date, e.by, dict(e.settings)) for e in found.history] == [
        ("2031-03", "north", {"blockade": 1, "convoy": 1}),
        ("2031-04", "", {}),
        ("2031-05", "south", {"mines": 1}),
        ("2031-05", "north", {"blockade": 0}),
        ("2031-06", "", {}),
    ]
    section = history_text(case, found)
    scenario = read_text(f"{case.scenario.text}\n{section}")
    assert [(e.date, e.by, dict(e.settings)) for e in scenario.history] == [
        (e.date, e.by, dict(e.settings)) for e in found.history
    ]


@pytest.mark.parametrize("period", ["day", "week", "month", "quarter", "year"])
def test_a_period_is_the_date_it_begins_with(period: str) -> None:
    """Days of one period have one name, those of two have two, and names are in the order of the days."""
    day, names = datetime.date(2030, 12, 20), []
    for _ in range(800):
        names.append(period_of(day.isoformat(), period))
        assert datetime.date.fromisoformat((names[-1] + "-01-01")[:10]) <= day
        day += datetime.timedelta(days=1)
    assert names == sorted(names)
    assert len(set(names)) == {"day": 800, "week": 115, "month": 27, "quarter": 10, "year": 4}[period]


# --- false events ------------------------------------------------------------------------------------------------------


def test_one_story_told_four_hundred_times(tmp_path: Path) -> None:
    """One paper's story told 400 times is one event; by one publisher it does not come in, by two it does, once."""
    model = PORTS.read_text(encoding="utf-8").replace("format: polecat", "format: gdelt")
    for word, code in (("SANCTION-blockade", "'163'"), ("RETREAT*", "'087'"), ("MOBILIZE-convoy", "'154'")):
        model = model.replace(word, code)
    model = model.replace("[ASSAULT-mines, MOBILIZE-mines]", "'036'").replace("CONCEDE-tribute", "036*")
    case = Case(read_text(model))
    story = [
        gdelt(
            EventCode="163",
            EventBaseCode="163",
            EventRootCode="16",
            NumSources="1",
            NumMentions="1",
            GlobalEventID=str(n),
        )
        for n in range(400)
    ]
    alone = told(case, "\n".join(story), tmp_path)
    assert [(each.why, each.rows) for each in alone.left_out] == [("sources", 400)]
    other = gdelt(
        EventCode="163", EventBaseCode="163", EventRootCode="16", NumSources="1", SOURCEURL="https://post.example/x"
    )
    both = told(case, "\n".join([*story, other]), tmp_path)
    assert [(each.why, each.rows) for each in both.left_out] == [("window", 400)]
    ((event),) = both.came_in
    assert (event.rows, event.sources, event.first) == (401, 2, "table.tsv:1 0")
    off = told(case, "\n".join(story), tmp_path, EventGuards(window=None, sources=None))
    assert len(off.came_in) == 400, "with the guards off they all come in"
    assert both.idle == ("contexts",)
    assert "The layout gdelt does not say what contexts needs: that guard does nothing." in str(both)
    # `036` is a code of its own: a rule of 036 is about 036, and about no other code that 36 could be
    meeting = told(case, gdelt(Actor1CountryCode="XSO", Actor2CountryCode="XNO"), tmp_path)
    assert [each.sets for each in meeting.came_in] == ["mines"]


def test_what_each_guard_keeps_of_our_sample(case: Case) -> None:
    """Our own made-up rows, coded by hand: (happened, did not, told again) that each guard keeps."""
    found = events(case, [SAMPLE], coded=CODED)
    kept = {each.guard: tuple(each.kept.values()) for each in found.guards}
    assert kept == {
        "none": (5, 10, 8),
        "roles": (5, 7, 8),
        "contexts": (5, 6, 8),
        "future": (5, 8, 8),
        "window": (5, 6, 0),
        "window + sources": (4, 4, 0),
        "all": (4, 0, 0),
    }
    assert [(each.sets, each.rows) for each in found.came_in] == [
        ("blockade", 5),
        ("convoy", 2),
        ("mines", 3),
        ("not blockade", 2),
    ]
    assert str(found.headline) == "Of 25 rows 12 tell 4 events; in 2 of 4 periods nothing came in."
    assert "happened" in str(found.sheets()[2])


def test_guards_can_be_turned_off(case: Case) -> None:
    everything = events(case, [SAMPLE], without=GUARDS)
    assert {each.why for each in everything.left_out} == {"no rule"}
    assert len(everything.came_in) == 23
    with pytest.raises(UnknownName, match="unknown guard 'publishers'"):
        events(case, [SAMPLE], without=["publishers"])


def test_mistakes(case: Case, tmp_path: Path) -> None:
    with pytest.raises(Lacks, match="events"):
        events(Case(load("elmira")), [SAMPLE])
    (tmp_path / "coded.csv").write_text("id,real\nP001,maybe\n")
    with pytest.raises(InputError, match=r"coded.csv:2: real is 'maybe'; expected yes, no or again"):
        events(case, [SAMPLE], coded=tmp_path / "coded.csv")
    (tmp_path / "coded.csv").write_text("event,real\nP001,yes\n")
    with pytest.raises(InputError, match="expected a header with the columns id and real; found event, real"):
        events(case, [SAMPLE], coded=tmp_path / "coded.csv")


def _problems(old: str, new: str) -> list[str]:
    text = PORTS.read_text(encoding="utf-8")
    assert old in text
    return [str(each) for each in check(text.replace(old, new)) if each.severity == "error"]


def test_the_section_is_checked() -> None:
    assert _problems("period: month", "period: month") == []
    assert "decade" in "".join(_problems("period: month", "period: decade"))
    assert "expected a whole number, or off" in "".join(_problems("period: month", "guards: {window: a week}"))
    assert "unknown option" in "".join(_problems("sets: [convoy]", "sets: [convoi]"))
    assert "these are options of north and south; a rule is about one actor" in "".join(
        _problems("sets: [convoy]", "sets: [convoy, mines]")
    )
    assert "an event sets at least one option" in "".join(_problems("sets: [convoy]", "sets: []"))
    gdelt_rules = PORTS.read_text(encoding="utf-8").replace("format: polecat", "format: gdelt")
    said = "".join(map(str, check(gdelt_rules.replace("code: SANCTION-blockade", "code: 36"))))
    assert "'36' is no CAMEO code: two to four digits that begin with 01 to 20, such as 057 or 19*" in said


def test_off_is_said_in_the_file() -> None:
    text = PORTS.read_text(encoding="utf-8")
    off = "guards: {sources: off, mentions: 3, window: off, contexts: off, future: no, roles: []}"
    table = read_text(text.replace("period: month", off)).events
    assert table is not None
    assert table.guards == EventGuards(sources=None, mentions=3, window=None, contexts=(), future=False, roles=())
    plain = read_text(text).events
    assert plain is not None
    assert plain.guards == EventGuards()
    zero = read_text(text.replace("code: RETREAT*", "code: 036")).events
    assert zero is not None
    assert zero.rules[1].code == ("036",), "036 stays what it is, also without quotes"


def test_the_command() -> None:
    run = CliRunner().invoke(main, ["events", str(PORTS), str(SAMPLE), "--json"])
    assert run.exit_code == 0, run.output
    said = json.loads(run.output)
    assert [each["sets"] for each in said["came_in"]] == ["blockade", "convoy", "mines", "not blockade"]
    assert said["quiet"] == ["2031-04", "2031-06"]
    run = CliRunner().invoke(main, ["events", str(PORTS), str(SAMPLE), "--history", "--without", "sources"])
    assert run.output.startswith('history:\n  - {date: "2031-03", by: north, set: [')
    run = CliRunner().invoke(main, ["events", "elmira", str(SAMPLE)])
    assert run.exit_code == 2
