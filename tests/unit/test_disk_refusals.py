"""File systems that refuse hard links, locks, or flushes of folders: shares, exFAT, FUSE."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generation.engine.part_file import PartFile
from projects.disk import refusals
from projects.disk.atomic import IncomingFile, remove_abandoned, try_file_system, write_atomically
from projects.disk.flush import sync_folder
from projects.disk.layout import SCENE_FOLDERS, make_scene_folders
from projects.disk.links import link_or_copy, link_or_move, move_to_free_name
from projects.disk.locks import file_lock
from projects.disk.trash import move_out_of_trash, move_to_trash

REFUSALS = [
    errno.EINVAL,
    errno.EPERM,
    errno.EACCES,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
    errno.EXDEV,
    errno.ENOSYS,
    errno.EMLINK,
    errno.ENOTTY,
]
FAILURES = [errno.EIO, errno.ENOSPC, errno.EDQUOT]
Refuse = Callable[..., None]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    monkeypatch.setattr(refusals, "_reported", set())
    return caplog


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Refuse:
    """Let a call of `os` fail with a number, or, for `fsync`, its calls for folders alone."""

    def refuse(name: str, number: int, *, folders_only: bool = False) -> None:
        call = getattr(os, name)

        def refused(*args: Any, **options: Any) -> Any:
            if folders_only and not stat.S_ISDIR(os.fstat(args[0]).st_mode):
                return call(*args, **options)
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, name, refused)

    return refuse


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize("number", [*REFUSALS, errno.EBADF])
def test_without_flushes_of_folders_everything_is_written(
    tmp_path: Path, refuse: Refuse, log: pytest.LogCaptureFixture, number: int
) -> None:
    refuse("fsync", number, folders_only=True)
    make_scene_folders(tmp_path / "scene-1")
    assert names(tmp_path / "scene-1") == sorted(SCENE_FOLDERS)
    write_atomically(tmp_path / "scene-1" / "scene.json", b"{}")
    trashed = move_to_trash(tmp_path / "scene-1" / "scene.json", tmp_path / ".trash")
    assert trashed.read_bytes() == b"{}"
    assert log.text.count("refuses flushes of folders") == 1
    assert os.strerror(number) in log.text


def test_a_folder_that_cannot_be_opened_is_not_flushed(tmp_path: Path, refuse: Refuse) -> None:
    refuse("open", errno.EACCES)
    sync_folder(tmp_path)


@pytest.mark.parametrize("number", FAILURES)
def test_a_disk_that_fails_is_not_taken_for_one_that_refuses(tmp_path: Path, refuse: Refuse, number: int) -> None:
    refuse("fsync", number, folders_only=True)
    with pytest.raises(OSError) as raised:
        write_atomically(tmp_path / "scene.json", b"{}")
    assert raised.value.errno == number
    with pytest.raises(FileNotFoundError):
        sync_folder(tmp_path / "missing")


def test_without_flushes_of_files_they_are_written(
    tmp_path: Path, refuse: Refuse, log: pytest.LogCaptureFixture
) -> None:
    refuse("fsync", errno.EINVAL)
    write_atomically(tmp_path / "scene.json", b"{}")
    assert log.text.count("refuses flushes of files") == 1


@pytest.mark.parametrize("number", [*REFUSALS, errno.EIO])
def test_without_links_a_file_is_renamed_and_replaces_none(
    tmp_path: Path, refuse: Refuse, log: pytest.LogCaptureFixture, number: int
) -> None:
    refuse("link", number)
    for content in (b"one", b"two"):
        with IncomingFile(tmp_path) as incoming:
            incoming.write(content)
            incoming.keep("a.bin")
    assert names(tmp_path) == ["a-2.bin", "a.bin"]
    assert ((tmp_path / "a.bin").read_bytes(), (tmp_path / "a-2.bin").read_bytes()) == (b"one", b"two")
    with pytest.raises(FileExistsError):
        link_or_move(tmp_path / "a.bin", tmp_path / "a-2.bin")
    assert log.text.count("refuses hard links") == 1


def test_a_link_that_fails_for_want_of_room_fails(tmp_path: Path, refuse: Refuse) -> None:
    for name in ("link", "replace"):
        refuse(name, errno.ENOSPC)
    with pytest.raises(OSError, match="No space"), IncomingFile(tmp_path) as incoming:
        incoming.keep("a.bin")
    assert names(tmp_path) == []


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EACCES, errno.EBUSY, errno.ETXTBSY])
def test_what_can_neither_be_linked_nor_renamed_is_copied(tmp_path: Path, refuse: Refuse, number: int) -> None:
    """Another mount; or a share that renames no open file."""
    for name in ("link", "replace"):
        refuse(name, number)
    with IncomingFile(tmp_path / "images") as incoming:
        incoming.write(b"bytes")
        kept = incoming.keep("a.bin", tmp_path / "videos")
    assert kept.read_bytes() == b"bytes"
    write_atomically(tmp_path / "videos" / "scene.json", b"{}")
    assert names(tmp_path / "videos") == ["a.bin", "scene.json"]
    assert move_to_free_name(kept, tmp_path / "images", "b.bin").read_bytes() == b"bytes"
    assert (names(tmp_path / "images"), names(tmp_path / "videos")) == (["b.bin"], ["scene.json"])


def test_a_folder_is_copied_to_a_trash_on_another_mount_and_back(tmp_path: Path, refuse: Refuse) -> None:
    refuse("replace", errno.EXDEV)
    # the other mount may refuse these too
    for name in ("chmod", "utime"):
        refuse(name, errno.EPERM)
    make_scene_folders(tmp_path / "scene-1")
    (tmp_path / "scene-1" / "audio" / "link").symlink_to("elsewhere")
    (tmp_path / "scene-1" / "videos" / "take-001.mp4").write_bytes(b"clip")
    trashed = move_to_trash(tmp_path / "scene-1", tmp_path / ".trash")
    assert names(tmp_path) == [".trash"]
    assert (trashed / "videos" / "take-001.mp4").read_bytes() == b"clip"
    move_out_of_trash(trashed, tmp_path / "scene-1")
    assert (tmp_path / "scene-1" / "videos" / "take-001.mp4").read_bytes() == b"clip"
    assert (tmp_path / "scene-1" / "audio" / "link").readlink() == Path("elsewhere")
    assert names(tmp_path / ".trash") == []


def test_a_copy_that_fails_leaves_the_source_alone(
    tmp_path: Path, refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse("replace", errno.EXDEV)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space")))
    (tmp_path / "a.bin").write_bytes(b"bytes")
    with pytest.raises(OSError, match="No space"):
        move_to_trash(tmp_path / "a.bin", tmp_path / ".trash")
    assert (tmp_path / "a.bin").read_bytes() == b"bytes"
    assert names(tmp_path / ".trash") == []


@pytest.mark.parametrize("number", [*REFUSALS, errno.EIO])
def test_without_links_a_second_name_is_a_copy(
    tmp_path: Path, refuse: Refuse, log: pytest.LogCaptureFixture, number: int
) -> None:
    refuse("link", number)
    (tmp_path / "a.bin").write_bytes(b"bytes")
    link_or_copy(tmp_path / "a.bin", tmp_path / "b.bin")
    link_or_copy(tmp_path / "a.bin", tmp_path / "b.bin")
    assert (tmp_path / "b.bin").read_bytes() == (tmp_path / "a.bin").read_bytes() == b"bytes"
    assert log.text.count("refuses hard links") == 1
    with pytest.raises(FileNotFoundError):
        link_or_copy(tmp_path / "missing", tmp_path / "c.bin")


@pytest.fixture(params=[errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL])
def no_locks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file system without locks at `tmp_path`/share."""
    (tmp_path / "share").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    flock = fcntl.flock

    def refused(descriptor: Any, operation: int) -> None:
        number = descriptor if isinstance(descriptor, int) else descriptor.fileno()
        if Path(f"/proc/self/fd/{number}").resolve().is_relative_to(tmp_path / "share"):
            raise OSError(request.param, os.strerror(request.param))
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", refused)


@pytest.mark.usefixtures("no_locks")
def test_without_locks_files_are_written(tmp_path: Path, log: pytest.LogCaptureFixture) -> None:
    share = tmp_path / "share"
    with IncomingFile(share) as incoming:
        incoming.write(b"bytes")
        assert remove_abandoned(share) == 0
        incoming.keep("a.bin")
    with PartFile(share / "part") as part:
        part.file.write(b"bytes")
    assert names(share) == ["a.bin", "part"]
    assert log.text.count("refuses locks") == 1


@pytest.mark.usefixtures("no_locks")
def test_without_locks_temporary_files_of_the_dead_are_told_by_their_pid(tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as ended:
        pass
    share = tmp_path / "share"
    kept = [f".incoming-{os.getpid()}-a", ".incoming-part-a", ".incoming-x", ".incoming-1-a", f".incoming-{10**40}-a"]
    for name in [*kept, f".incoming-{ended.pid}-a"]:
        (share / name).touch()
    assert remove_abandoned(share) == 1
    assert names(share) == sorted(kept)


@pytest.mark.usefixtures("no_locks")
def test_without_locks_one_of_this_machine_stands_in(tmp_path: Path) -> None:
    entered = threading.Event()

    def enter() -> None:
        with file_lock(tmp_path / "share" / ".lock"):
            entered.set()

    other = threading.Thread(target=enter)
    with file_lock(tmp_path / "share" / ".lock"):
        other.start()
        assert not entered.wait(0.2)
    assert entered.wait(5)
    other.join()


def test_a_file_system_that_counts_no_links_is_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fstat = os.fstat

    def without_links(descriptor: int) -> os.stat_result:
        values = list(fstat(descriptor))
        values[stat.ST_NLINK] = 0
        return os.stat_result(values)

    monkeypatch.setattr(os, "fstat", without_links)
    write_atomically(tmp_path / "scene.json", b"{}")
    assert names(tmp_path) == ["scene.json"]


def test_a_studio_reports_at_its_start_and_its_processes_do_not_repeat_it(
    tmp_path: Path, refuse: Refuse, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAILIES_REPORTED_REFUSALS", "")
    try_file_system(tmp_path)
    assert (log.text, names(tmp_path)) == ("", [])
    refuse("link", errno.EINVAL)
    refuse("fsync", errno.EINVAL, folders_only=True)
    try_file_system(tmp_path)
    refusals.tell_children()
    # a process that the studio starts
    monkeypatch.setattr(refusals, "_reported", set())
    try_file_system(tmp_path)
    assert [record.levelname for record in log.records] == ["WARNING", "WARNING"]
