"""Writing files: whole or not at all, with the rights and the links that were there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from detente.files import write_whole

POSIX = pytest.mark.skipif(os.name != "posix", reason="links, permissions and devices of Unix")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_text_and_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    write_whole(path, "détente\r\nline\n")
    assert path.read_bytes() == "détente\r\nline\n".encode()
    write_whole(str(path), b"\x89PNG")
    assert path.read_bytes() == b"\x89PNG"
    assert names(tmp_path) == ["page.txt"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError("no space left"), KeyboardInterrupt()])
def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    def fail(*_: object) -> None:
        raise error

    (tmp_path / "page.txt").write_text("old")
    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    for name in ("page.txt", "new.txt"):
        with pytest.raises(type(error)):
            write_whole(tmp_path / name, "new")
    monkeypatch.undo()
    assert (tmp_path / "page.txt").read_text() == "old"
    assert names(tmp_path) == ["page.txt"]


@POSIX
def test_permissions_are_kept_and_new_files_get_the_usual_ones(tmp_path: Path) -> None:
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    old.write_text("old")
    old.chmod(0o640)
    before = os.umask(0o027)
    try:
        write_whole(old, "newer")
        write_whole(new, "new")
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert stat.S_IMODE(new.stat().st_mode) == 0o640


@POSIX
def test_a_link_stays_and_the_file_it_leads_to_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link, dangling = tmp_path / "link.txt", tmp_path / "dangling.txt"
    (folder / "page.txt").write_text("old")
    link.symlink_to(folder / "page.txt")
    dangling.symlink_to(folder / "later.txt")
    write_whole(link, "new")
    write_whole(dangling, "later")
    assert link.is_symlink()
    assert dangling.is_symlink()
    assert (folder / "page.txt").read_text() == "new"
    assert (folder / "later.txt").read_text() == "later"
    assert names(folder) == ["later.txt", "page.txt"]


def test_a_missing_folder_or_a_folder_as_target_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "nowhere" / "page.txt", "text")
    with pytest.raises(OSError, match=str(tmp_path.name)):
        write_whole(tmp_path, "text")
    assert names(tmp_path) == []


@POSIX
def test_a_device_is_written_to_and_stays_a_device() -> None:
    write_whole("/dev/null", "text")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)  # noqa: PTH116 - of the device itself
