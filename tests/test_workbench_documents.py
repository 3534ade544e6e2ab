"""A file that is edited here and elsewhere: nothing is lost, nothing is written over, and everything is told."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from detente.errors import InputError
from detente.scenario import library
from detente.scenario.text.changes import ABSENT, Change, Stale
from detente.workbench import journal as journal_module
from detente.workbench.documents import Document, Folder, Refused, starting_text
from detente.workbench.journal import Journal, kept

TEXT = """\
detente: 1
title: Chicken  # of 1959
actors:
  ann: {options: {ann_swerves: }, priorities: [not ann_swerves or bob_swerves, ann_swerves, bob_swerves]}
  bob: {options: {bob_swerves: }, priorities: [not bob_swerves or ann_swerves, bob_swerves, ann_swerves]}
now: [ann_swerves]
"""

TITLE = Change("put", ("title",), "Chicken", "Hawk and dove")
NOW = Change("insert", ("now", 1), new="bob_swerves")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "chicken.yaml").write_text(TEXT)
    return tmp_path


def opened(folder: Path, name: str = "chicken.yaml") -> Document:
    return Document(name, folder / name, folder)


def after_a_crash(document: Document) -> Document:
    """The same file as the next process finds it: what ends a process ends its locks, and nothing else."""
    document.journal.close()
    return opened(document.root, document.name)


def written(folder: Path, text: str, name: str = "chicken.yaml") -> None:
    """Another program saves the file."""
    path = folder / name
    path.write_bytes(text.encode())
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 1_000_000))


def kind(document: Document) -> str | None:
    told = document.told_outside()
    return str(told["kind"]) if told else None


# --- edits and saving ---------------------------------------------------------------------------------------------------


def test_an_edit_is_kept_before_it_is_saved_and_saved_with_its_comments(folder: Path) -> None:
    document = opened(folder)
    document.edit([TITLE], "the title", 1)
    assert (folder / "chicken.yaml").read_text() == TEXT
    assert document.status()["saved"] is False
    again = after_a_crash(document)
    assert (again.data["title"], again.recovered, again.saved) == ("Hawk and dove", 1, False)
    again.save()
    assert (folder / "chicken.yaml").read_text() == TEXT.replace("Chicken", "Hawk and dove")
    assert (again.saved, again.recovered, again.status()["undo"]) == (True, 0, "the title")


def test_undo_outlives_a_save_and_a_restart(folder: Path) -> None:
    document = opened(folder)
    document.edit([TITLE], "the title", 1)
    document.edit([NOW], "today", 2)
    document.save()
    document.undo()
    again = after_a_crash(document)
    assert (again.status()["undo"], again.status()["redo"]) == ("the title", "today")
    again.redo()
    again.undo()
    again.undo()
    again.save()
    assert (folder / "chicken.yaml").read_text() == TEXT


def test_the_text_view_and_the_forms_share_one_stack(folder: Path) -> None:
    document = opened(folder)
    document.edit([TITLE], "the title", 1)
    document.current().pay()
    document.write(document.current().text.replace("now: [ann_swerves]", "now: []  # nobody"), "")
    assert document.data["now"] == []
    document.edit([Change("put", ("title",), "Hawk and dove", "Dove")], "again", 3)
    assert [document.undo(), document.undo(), document.data["now"]] == ["again", "the text", ["ann_swerves"]]
    document.current().pay()
    assert "# nobody" not in document.current().text
    document.redo()
    assert "now: []  # nobody" in document.current().text


def test_a_comment_alone_is_an_edit_that_can_be_undone(folder: Path) -> None:
    document = opened(folder)
    document.write(TEXT + "# a remark\n", "")
    assert not document.saved
    document.undo()
    assert (document.current().text, document.saved) == (TEXT, True)


def test_a_text_that_is_no_yaml_is_kept_as_a_draft(folder: Path) -> None:
    document = opened(folder)
    document.write(TEXT + "now: [", "")
    assert (document.draft, document.data["title"]) == (TEXT + "now: [", "Chicken")
    with pytest.raises(Refused, match="the text is no YAML at the moment"):
        document.save()
    again = after_a_crash(document)
    assert again.draft == TEXT + "now: ["
    again.write(TEXT, "")
    assert again.draft is None
    assert again.saved


def test_undo_takes_back_a_draft_before_any_step(folder: Path) -> None:
    document = opened(folder)
    document.edit([TITLE], "the title", 1)
    document.write(TEXT + "now: [", "")
    assert document.status()["undo"] == "the text that is no YAML yet"
    document = after_a_crash(document)
    document.undo()
    assert (document.draft, document.data["title"]) == (None, "Hawk and dove")
    document = after_a_crash(document)
    assert (document.draft, document.data["title"], document.status()["undo"]) == (None, "Hawk and dove", "the title")
    document.undo()
    assert document.data["title"] == "Chicken"
    with pytest.raises(Refused, match="there is nothing to undo"):
        document.undo()


def test_remarks_written_one_after_the_other_are_taken_back_one_after_the_other(folder: Path) -> None:
    document = opened(folder)
    for text in ("# one\n", "# one\n# two\n"):
        document.write(TEXT + text, "")
    document = after_a_crash(document)
    document.undo()
    assert document.current().text == TEXT + "# one\n"
    document.undo()
    assert document.current().text == TEXT


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("\ud800", "the character U\\+D800 is not part of a text; delete it"),
        ("a\x00b", "the character U\\+0000 is not part of a text; delete it"),
        ({"key": ["\u2028"]}, "U\\+2028 .line separator. is a line break that editors do not show"),
        ({"\u202ekey": None}, "U\\+202E .right-to-left override. shows a line in another order than it has"),
        (json.loads("[" * 60 + "]" * 60), "this is nested too deep"),
    ],
)
def test_what_no_file_can_say_is_not_taken_into_the_edits(folder: Path, value: Any, why: str) -> None:
    document = opened(folder)
    with pytest.raises(Refused, match=why):
        document.edit([Change("put", ("note",), ABSENT, value)], "", 1)
    with pytest.raises(Refused, match="U\\+D800"):
        document.write(TEXT + "note: \ud800", "")
    assert (document.version, document.draft, document.journal.there) == (1, None, False)


def test_nothing_is_kept_behind_a_link(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (folder / ".detente").symlink_to(elsewhere)
    document = opened(folder)
    with pytest.raises(Refused, match=r"this edit cannot be kept: \.detente is a link, and nothing is kept behind one"):
        document.edit([TITLE], "", 1)
    (elsewhere / "chicken.yaml.journal").write_text(json.dumps({"do": "base", "text": "title: a secret"}) + "\n")
    again = opened(folder)
    again.journal.forget()
    assert again.data["title"] == "Chicken"
    assert [each.name for each in elsewhere.iterdir()] == ["chicken.yaml.journal"]


def test_a_journal_that_is_a_link_is_not_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "secret"
    secret.write_text(json.dumps({"do": "base", "text": "title: a secret"}) + "\n")
    (folder / ".detente").mkdir()
    (folder / ".detente" / "chicken.yaml.journal").symlink_to(secret)
    document = opened(folder)
    document.edit([TITLE], "", 1)
    assert document.data["title"] == "Hawk and dove"
    assert "Hawk" not in secret.read_text()
    assert after_a_crash(document).data["title"] == "Hawk and dove"


def test_an_edit_of_what_is_not_there_changes_nothing(folder: Path) -> None:
    document = opened(folder)
    with pytest.raises(Stale):
        document.edit([NOW, Change("put", ("title",), "Another", "x")], "", 1)
    assert (document.version, document.data["now"], document.journal.there) == (1, ["ann_swerves"], False)


def test_another_tab_may_not_move_what_is_counted(folder: Path) -> None:
    document = opened(folder)
    document.edit([NOW], "", 1, tab="one")
    with pytest.raises(Stale, match="somebody else has changed this meanwhile"):
        document.edit([Change("insert", ("now", 0), new="bob_swerves")], "", 1, tab="two")
    document.edit([Change("order", ("now",), new=[1, 0])], "", 1, tab="one")
    document.edit([TITLE], "", 1, tab="two")
    assert (document.data["now"], document.data["title"]) == (["bob_swerves", "ann_swerves"], "Hawk and dove")


def test_what_cannot_be_edited_in_forms_says_what_to_mend(tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text("detente: 1\ntitle: one\ntitle: two\nactors: {}\n")
    document = opened(tmp_path, "two.yaml")
    with pytest.raises(Refused, match="mend the text first: 'title' is written twice"):
        document.edit([Change("put", ("title",), "one", "x")], "", 1)


# --- a crash ------------------------------------------------------------------------------------------------------------


def test_a_line_cut_short_by_a_crash_is_passed_over(folder: Path) -> None:
    document = opened(folder)
    document.edit([TITLE], "the title", 1)
    document.edit([NOW], "today", 2)
    whole = document.journal.path.read_bytes()
    for end in range(len(whole) - 20, len(whole)):
        document.journal.path.write_bytes(whole[:end])
        assert opened(folder).data["title"] == "Hawk and dove"
        assert opened(folder).data["now"] == ["ann_swerves"]


@pytest.mark.parametrize("damage", [b"", b"{}\n", b"\xff\xfe\n", b'{"do":"base"}\n', b"null\n", b"[1]\n"])
def test_a_journal_that_is_damaged_is_set_aside_and_the_file_opens(folder: Path, damage: bytes) -> None:
    (folder / ".detente").mkdir()
    (folder / ".detente" / "chicken.yaml.journal").write_bytes(damage)
    document = opened(folder)
    assert document.data["title"] == "Chicken"
    document.edit([TITLE], "", 1)
    assert opened(folder).data["title"] == "Hawk and dove"


def test_a_full_disk_refuses_the_edit_and_nothing_has_happened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = opened(folder)
    document.edit([TITLE], "", 1)
    before = document.journal.path.read_bytes()
    real = os.write

    def full(handle: int, data: bytes) -> int:
        real(handle, data[:7])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(
        Refused, match="this edit cannot be kept: No space left on device; nothing is changed"
    ) as caught:
        document.edit([NOW], "", 2)
    assert (caught.value.status, document.version, document.data["now"]) == (507, 2, ["ann_swerves"])
    assert document.journal.path.read_bytes() == before
    monkeypatch.undo()
    document.edit([NOW], "", 2)
    assert opened(folder).data["now"] == ["ann_swerves", "bob_swerves"]


# --- what others do -----------------------------------------------------------------------------------------------------


def test_a_change_elsewhere_of_what_is_saved_is_taken_and_can_be_undone(folder: Path) -> None:
    document = opened(folder)
    written(folder, TEXT.replace("1959", "1960").replace("Chicken", "Rebel"))
    assert document.look()
    assert (kind(document), document.data["title"], document.saved) == ("clean", "Rebel", True)
    assert not document.look()
    assert document.undo() == "changed elsewhere"
    assert (document.current().text, document.saved) == (TEXT, False)


def test_changes_of_different_things_are_merged(folder: Path) -> None:
    document = opened(folder)
    document.edit([TITLE], "the title", 1)
    theirs = TEXT.replace("now: [ann_swerves]", "now: [bob_swerves]") + "# from elsewhere\n"
    written(folder, theirs)
    assert document.look()
    assert (kind(document), document.saved) == ("merged", False)
    assert (document.data["title"], document.data["now"]) == ("Hawk and dove", ["bob_swerves"])
    assert (folder / "chicken.yaml").read_text() == theirs
    again = after_a_crash(document)
    assert (again.data, kind(again)) == (document.data, None)
    document.save()
    saved = (folder / "chicken.yaml").read_text()
    assert "title: Hawk and dove  # of 1959" in saved
    assert "# from elsewhere" in saved
    assert kind(document) is None


def test_changes_of_the_same_are_left_to_whoever_edits(folder: Path) -> None:
    document = opened(folder)
    document.edit([TITLE, NOW], "two things", 1)
    theirs = TEXT.replace("Chicken", "Rebel").replace("not bob_swerves or ann_swerves, bob", "bob")
    written(folder, theirs)
    assert document.look()
    assert kind(document) == "conflict"
    assert document.data["title"] == "Hawk and dove"
    with pytest.raises(Refused, match="changed elsewhere at the same places"):
        document.save()
    assert (folder / "chicken.yaml").read_text() == theirs
    view = document.three_ways()
    assert (view["base"], view["theirs"]) == (TEXT, theirs)
    assert [(each["path"], each["base"], each["mine"], each["theirs"]) for each in view["conflicts"]] == [
        (["title"], "Chicken", "Hawk and dove", "Rebel")
    ]
    with pytest.raises(Refused, match="still to be chosen: title"):
        document.resolve([])
    document.resolve([{"path": ["title"], "take": "theirs"}])
    assert (document.data["title"], document.data["now"]) == ("Rebel", ["ann_swerves", "bob_swerves"])
    assert document.data["actors"]["bob"]["priorities"] == ["bob_swerves", "ann_swerves"]
    document.save()
    assert document.saved
    assert document.undo() == "merged with a change from elsewhere"
    assert document.data["title"] == "Hawk and dove"


@pytest.mark.parametrize(("take", "title"), [("mine", "Hawk and dove"), ("theirs", "Rebel")])
def test_one_word_decides_all(folder: Path, take: str, title: str) -> None:
    document = opened(folder)
    document.edit([TITLE], "", 1)
    written(folder, TEXT.replace("Chicken", "Rebel"))
    document.look()
    document.resolve([], take)
    document.save()
    assert f"title: {title}  # of 1959" in (folder / "chicken.yaml").read_text()


def test_a_conflict_outlives_a_restart(folder: Path) -> None:
    document = opened(folder)
    document.edit([TITLE], "", 1)
    written(folder, TEXT.replace("Chicken", "Rebel"))
    again = after_a_crash(document)
    assert (kind(again), again.data["title"]) == ("conflict", "Hawk and dove")
    assert (folder / "chicken.yaml").read_text() == TEXT.replace("Chicken", "Rebel")


def test_a_save_that_was_overtaken_is_refused_though_nobody_has_looked(folder: Path) -> None:
    document = opened(folder)
    document.edit([TITLE], "", 1)
    written(folder, TEXT.replace("Chicken", "Rebel"))
    with pytest.raises(Refused, match="has changed since it was read") as caught:
        document.save()
    assert caught.value.status == 409
    assert (folder / "chicken.yaml").read_text() == TEXT.replace("Chicken", "Rebel")


def test_a_file_half_saved_elsewhere_is_waited_for(folder: Path) -> None:
    document = opened(folder)
    document.edit([TITLE], "", 1)
    written(folder, TEXT[:60] + '"')
    assert document.look()
    assert kind(document) == "invalid"
    assert document.data["title"] == "Hawk and dove"
    written(folder, TEXT.replace("[ann_swerves]", "[]"))
    assert document.look()
    assert (kind(document), document.data["now"], document.data["title"]) == ("merged", [], "Hawk and dove")


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"", b"a: \x00"])
def test_bytes_that_are_no_text_are_told_and_lose_nothing(folder: Path, data: bytes) -> None:
    document = opened(folder)
    document.edit([TITLE], "", 1)
    (folder / "chicken.yaml").write_bytes(data)
    document.look()
    assert (kind(document), document.data["title"]) == ("invalid", "Hawk and dove")


def test_a_deleted_file_is_told_and_made_anew_by_saving(folder: Path) -> None:
    document = opened(folder)
    (folder / "chicken.yaml").unlink()
    assert document.look()
    assert (kind(document), document.saved) == ("deleted", False)
    document.edit([TITLE], "", 1)
    document.save()
    assert (folder / "chicken.yaml").read_text() == TEXT.replace("Chicken", "Hawk and dove")
    assert kind(document) is None


def test_a_renamed_file_is_told_by_its_new_name(folder: Path) -> None:
    document = opened(folder)
    (folder / "chicken.yaml").rename(folder / "game.yaml")
    assert document.look()
    assert document.told_outside() == {
        "kind": "renamed", "to": "game.yaml", "message": "the file is called game.yaml now",
    }  # fmt: skip


def test_a_read_only_file_is_told_and_not_written(folder: Path) -> None:
    document = opened(folder)
    (folder / "chicken.yaml").chmod(0o444)
    assert document.look()
    assert kind(document) == "readonly"
    document.edit([TITLE], "", 1)
    with pytest.raises(Refused, match=r"chicken\.yaml is read-only; make it writable"):
        document.save()
    assert (folder / "chicken.yaml").read_text() == TEXT
    (folder / "chicken.yaml").chmod(0o644)
    document.look()
    document.save()
    assert stat.S_IMODE((folder / "chicken.yaml").stat().st_mode) == 0o644


def test_a_link_out_of_the_folder_is_neither_read_nor_written(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.yaml"
    secret.write_text(TEXT.replace("Chicken", "Secret"))
    document = opened(folder)
    document.edit([TITLE], "", 1)
    (folder / "chicken.yaml").unlink()
    (folder / "chicken.yaml").symlink_to(secret)
    assert document.look()
    assert kind(document) == "elsewhere"
    assert "Secret" not in json.dumps([document.status(), document.data])
    with pytest.raises(Refused):
        document.save()
    assert "Secret" in secret.read_text()
    for name in ("chicken.yaml", "../secret.yaml"):
        with pytest.raises(Refused):
            Folder.at(folder).path(name)


def test_a_full_disk_while_saving_leaves_the_file_and_the_edits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = opened(folder)
    document.edit([TITLE], "", 1)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("detente.files.os.fsync", full)
    with pytest.raises(Refused, match="cannot be written: No space left on device"):
        document.save()
    monkeypatch.undo()
    assert (folder / "chicken.yaml").read_text() == TEXT
    assert opened(folder).data["title"] == "Hawk and dove"
    assert sorted(path.name for path in folder.iterdir()) == [".detente", "chicken.yaml"]


@pytest.mark.parametrize("text", [TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT, "\ufeff" + TEXT.replace("\n", "\r\n")])
def test_line_ends_and_the_mark_of_the_file_stay_through_forms_and_text(folder: Path, text: str) -> None:
    written(folder, text)
    document = opened(folder)
    document.edit([TITLE], "", 1)
    document.current().pay()
    shown = document.current().text.removeprefix("\ufeff").replace("\r\n", "\n")
    document.write(shown.replace("1959", "1960"), "")
    document.save()
    wanted = text.replace("Chicken", "Hawk and dove").replace("1959", "1960")
    assert (folder / "chicken.yaml").read_bytes() == wanted.encode()


# --- versions, and forgetting --------------------------------------------------------------------------------------------


def test_saved_versions_are_listed_and_can_be_had_again(folder: Path) -> None:
    document = opened(folder)
    for number in range(3):
        document.edit([Change("put", ("title",), document.data["title"], f"title {number}")], "", None)
        document.save()
    versions = document.journal.versions()
    assert len(versions) == 3
    assert "title 2" in (document.journal.version(versions[0]["entry"]) or "")
    document.restore(versions[-1]["entry"])
    assert (document.data["title"], document.saved) == ("title 0", False)
    assert document.undo() == "an earlier version"
    with pytest.raises(Refused, match="there is no such saved version"):
        document.restore("../../chicken.yaml")


def test_only_so_many_versions_are_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "KEPT", 3)
    clock = iter(range(1, 100))
    journal = Journal(folder / "chicken.yaml", clock=lambda: float(next(clock)))
    for number in range(6):
        journal.keep(f"detente: 1\ntitle: {number}\n")
    assert [journal.version(each["entry"]) for each in journal.versions()] == [
        f"detente: 1\ntitle: {number}\n" for number in (5, 4, 3)
    ]


def test_what_is_kept_is_listed_and_forgotten(folder: Path) -> None:
    document = opened(folder)
    document.edit([TITLE], "", 1)
    document.save()
    assert [(name, what) for name, what, _ in kept(folder)] == [
        ("chicken.yaml", "history"),
        ("chicken.yaml", "journal"),
    ]
    document.forget()
    assert not (folder / ".detente").exists()
    assert (document.data["title"], document.status()["can_undo"]) == ("Hawk and dove", False)


def test_the_kept_folder_is_nobody_elses_to_read(folder: Path) -> None:
    document = opened(folder)
    document.edit([TITLE], "", 1)
    assert stat.S_IMODE((folder / ".detente").stat().st_mode) == 0o700
    assert (folder / ".detente" / ".gitignore").read_text() == "*\n"


# --- the folder -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x.yaml", "/etc/passwd", "a/../../x.yaml", ".hidden.yaml", ".detente/x.yaml", "x.txt", "x\0.yaml",
     "x\\y.yaml", "c:x.yaml", "no.yaml", "x\n.yaml", "\u202ex.yaml", "a" * 300 + ".yaml", "a//b.yaml"],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(folder: Path, name: str) -> None:
    with pytest.raises(Refused):
        Folder.at(folder).path(name)


def test_a_folder_lists_its_scenarios_alone(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "far.yaml"
    outside.write_text(TEXT)
    (folder / "notes.yaml").write_text("a: list of things\n")
    (folder / "sub").mkdir()
    (folder / "sub" / "elmira.yaml").write_text(library.text("elmira"))
    (folder / "link.yaml").symlink_to(outside)
    (folder / "dir.yaml").mkdir()
    os.mkfifo(folder / "pipe.yaml")
    found = Folder.at(folder)
    assert found.files() == ["chicken.yaml", "sub/elmira.yaml"]
    assert [found.title(each) for each in found.files()] == ["Chicken", "Elmira"]


def test_a_card_says_what_a_file_asks(folder: Path) -> None:
    place = Folder.at(folder)
    told = {
        "question: Who gives way?\n": "Who gives way?",
        "question: >-\n  Who gives\n  way?\nabout: x\n": "Who gives way?",
        "about: 'Two drivers: a game'\n": "Two drivers: a game",
        "question: [\n": "",
        "": "",
    }
    for more, about in told.items():
        written(folder, TEXT + more)
        assert (place.title("chicken.yaml"), place.about("chicken.yaml")) == ("Chicken", about)


def test_a_folder_that_is_none_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="is no folder"):
        Folder.at(folder / "chicken.yaml")


def test_a_new_file_never_replaces_one(folder: Path) -> None:
    place = Folder.at(folder)
    place.new("new.yaml", starting_text(None, None))
    assert (folder / "new.yaml").read_text().startswith("detente: 1\ntitle: A new conflict\n")
    place.new("elmira.yaml", starting_text("elmira", None))
    assert (folder / "elmira.yaml").read_text() == library.text("elmira")
    with pytest.raises(Refused) as caught:
        place.new("chicken.yaml", TEXT)
    assert caught.value.status == 409
    with pytest.raises(Refused, match="the library has no model"):
        starting_text("../chicken", None)


def test_two_workbenches_do_not_write_into_one_journal(folder: Path) -> None:
    one, other = opened(folder), opened(folder)
    one.edit([TITLE], "", 1)
    with pytest.raises(Refused, match="another workbench edits this file; nothing is changed"):
        other.edit([NOW], "", 1)
    one.close()
    # What the first one has left is not written over by the one that began before: it takes it, then goes on from there.
    with pytest.raises(Refused, match="another workbench has edited this file; look at it again in a moment"):
        other.edit([NOW], "", 1)
    assert other.look()
    assert (other.data["title"], other.saved, other.status()["undo"]) == ("Hawk and dove", False, "a change")
    assert other.version > 1
    other.edit([NOW], "", other.version)
    other.undo()
    assert not other.look()
    other.close()
    again = opened(folder)
    again.edit([NOW], "", again.version)
    assert (again.data["title"], again.data["now"]) == ("Hawk and dove", ["ann_swerves", "bob_swerves"])
