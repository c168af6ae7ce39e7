"""Names on disk, and files that are whole or not there."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import re
import signal
import unicodedata
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.disk.atomic import IncomingFile, TooLarge, remove_abandoned, write_atomically
from projects.disk.layout import SCENE_FOLDERS, make_scene_folders
from projects.disk.links import free_name
from projects.disk.locks import file_lock
from projects.disk.names import MAX_NAME_BYTES, SLUG, project_slug, safe_file_name
from projects.disk.trash import move_to_trash
from projects.disk.tree import FolderNode, list_files, read_tree


def slug(name: str, *taken: str) -> str:
    return project_slug(name, taken.__contains__)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("My film", "my-film"),
        ("  Ça & là: Füße, Łódź, Ærø ", "ca-la-fusse-lodz-aero"),
        ("Ｆｕｌｌ ﬁlm ２", "full-film-2"),
        ("🎬🎞️", "project"),
        ("فيلم", "project"),
        ("", "project"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "con-project"),
        ("---", "project"),
        ("x" * 100, "x" * 63),
        ("a" * 62 + " b", "a" * 62),
    ],
)
def test_slug_of_a_name(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_slug_that_is_taken_gets_a_number_and_stays_short() -> None:
    assert slug("My film", "my-film") == "my-film-2"
    assert slug("🎬", "project", "project-2") == "project-3"
    assert slug("x" * 80, "x" * 63) == "x" * 61 + "-2"


@given(st.text())
def test_every_slug_is_a_slug(name: str) -> None:
    first = slug(name)
    assert SLUG.fullmatch(first)
    second = slug(name, first)
    assert SLUG.fullmatch(second)
    assert second != first


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("photo.JPG", "photo.jpg"),
        ("photo.png", "photo.jpg"),
        ("evil.html", "evil.html.jpg"),
        ("../../x", "x.jpg"),
        ("C:\\films\\still 7.jpeg", "still 7.jpg"),
        ("..", "untitled.jpg"),
        ("", "untitled.jpg"),
        (".jpg", "untitled.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("trailing. . ", "trailing.jpg"),
        ("CON", "_CON.jpg"),
        ("nul.tar.jpg", "_nul.tar.jpg"),
        ("com¹.jpg", "_com¹.jpg"),
        ("a\0b\nc\x1b[31m.jpg", "ab c[31m.jpg"),
        ("photo\u202egnp.exe", "photognp.exe.jpg"),
        ('what? "this" <is> a|b*.jpg', "what- -this- -is- a-b-.jpg"),
        ("مشهد البداية.jpg", "مشهد البداية.jpg"),
        ("👩\u200d🚀 café.jpg", "👩\u200d🚀 café.jpg"),
        ("cafe\u0301.jpg", "caf\u00e9.jpg"),
        ("half \ud800 pair", "half pair.jpg"),
        ("Dr. Smith", "Dr. Smith.jpg"),
    ],
)
def test_file_name_is_readable_and_safe(name: str, expected: str) -> None:
    assert safe_file_name(name, ".jpg") == expected


@given(st.text(max_size=400), st.sampled_from([".jpg", ".mp4", ".webm"]))
def test_no_name_leads_anywhere(name: str, suffix: str) -> None:
    safe = safe_file_name(name, suffix)
    assert safe.endswith(suffix)
    assert 0 < len(safe.encode()) <= MAX_NAME_BYTES
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', safe)
    assert not safe.startswith((".", " "))
    assert not safe.removesuffix(suffix).endswith((".", " "))
    assert not any(unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "LRE", "RLI", "LRI") for c in safe)
    assert Path("/root", safe).parent == Path("/root")
    assert safe_file_name(safe, suffix) == safe


def test_long_names_are_cut_between_characters() -> None:
    safe = safe_file_name("é" * 300 + ".mp4", ".mp4")
    assert safe == "é" * 97 + ".mp4"


def test_names_that_are_there_are_not_given_again(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    (tmp_path / "a-2.jpg").symlink_to("nowhere")
    assert free_name(tmp_path, "a.jpg") == "a-3.jpg"
    assert free_name(tmp_path, "a.jpg", {"a-3.jpg"}) == "a-4.jpg"
    assert free_name(tmp_path, "b.jpg") == "b.jpg"


def test_incoming_file_appears_whole_under_a_free_name(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"old")
    with IncomingFile(tmp_path, limit=10) as incoming:
        incoming.write(b"new ")
        incoming.write(b"bytes")
        assert str(os.getpid()) in incoming.path.name
        assert incoming.path.name.startswith(".")
        kept = incoming.keep("a.bin")
    assert kept == tmp_path / "a-2.bin"
    assert kept.read_bytes() == b"new bytes"
    assert incoming.size == 9
    assert incoming.sha256 == hashlib.sha256(b"new bytes").hexdigest()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a-2.bin", "a.bin"]


def test_incoming_file_that_is_too_large_or_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TooLarge), IncomingFile(tmp_path, limit=3) as incoming:
        incoming.write(b"four")
    with pytest.raises(TypeError), IncomingFile(tmp_path) as incoming:
        incoming.write("no bytes")  # type: ignore[arg-type]
    with IncomingFile(tmp_path) as incoming:
        incoming.write(b"not kept")
    assert list(tmp_path.iterdir()) == []


def test_write_atomically_replaces(tmp_path: Path) -> None:
    path = tmp_path / "new" / "scene.json"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_failed_write_leaves_all_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "scene.json").mkdir()
    with pytest.raises(IsADirectoryError):
        write_atomically(tmp_path / "scene.json", b"new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["scene.json"]


def test_trash_keeps_everything(tmp_path: Path) -> None:
    trash = tmp_path / ".trash"
    for text in ("first", "second"):
        (tmp_path / "a.txt").write_text(text)
        move_to_trash(tmp_path / "a.txt", trash)
    assert (trash / "a.txt").read_text() == "first"
    assert (trash / "a-2.txt").read_text() == "second"
    (tmp_path / "scene-1" / "images").mkdir(parents=True)
    assert move_to_trash(tmp_path / "scene-1", trash) == trash / "scene-1"
    assert (trash / "scene-1" / "images").is_dir()


def test_tree_tells_sizes_and_leaves_out_dot_names_and_links(tmp_path: Path) -> None:
    make_scene_folders(tmp_path / "scene-1")
    (tmp_path / "scene-1" / "images" / "a.jpg").write_bytes(b"12345")
    (tmp_path / "scene-1" / "metadata" / ".lock").write_bytes(b"x")
    (tmp_path / "scene-1" / "exports" / "link").symlink_to("/etc")
    (tmp_path / "project.json").write_bytes(b"12")
    tree = read_tree(tmp_path)
    assert tree.bytes == 7
    assert [file.name for file in tree.files] == ["project.json"]
    assert [child.name for child in tree.folders[0].folders] == sorted(SCENE_FOLDERS)
    images = tree.folders[0].folders[2]
    assert (images.name, images.bytes, images.files[0].name) == ("images", 5, "a.jpg")
    assert images.files[0].modified > 1_600_000_000
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/images/\xff.jpg"))
    odd.parent.mkdir()
    odd.touch()
    assert read_tree(tmp_path / "images").files[0].name == "\ufffd.jpg"
    assert list_files(tmp_path / "images") == [odd]
    assert read_tree(tmp_path / "nowhere") == FolderNode("nowhere", 0, (), ())


def _write_and_wait(path: str, pipe: Connection) -> None:
    with IncomingFile(Path(path)) as incoming:
        incoming.write(b"half of it")
        incoming.flush()
        pipe.send(incoming.path.name)
        signal.pause()


def test_only_the_temporaries_of_the_dead_are_cleared(tmp_path: Path) -> None:
    deep = tmp_path / "my-film" / "scene-1" / "videos"
    deep.mkdir(parents=True)
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    writer = context.Process(target=_write_and_wait, args=(str(deep), theirs), daemon=True)
    writer.start()
    assert ours.poll(5)
    name = ours.recv()
    with IncomingFile(deep) as incoming:
        assert remove_abandoned(tmp_path) == 0
        assert (deep / name).exists()
        writer.kill()
        writer.join()
        assert remove_abandoned(tmp_path) == 1
        assert not (deep / name).exists()
        incoming.write(b"still here")
        assert incoming.keep("kept.bin").read_bytes() == b"still here"


def _hold_the_lock(path: str, pipe: Connection) -> None:
    with file_lock(Path(path)):
        pipe.send("locked")


def test_a_lock_is_held_against_others_even_by_its_forked_child(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    other = context.Process(target=_hold_the_lock, args=(str(tmp_path / "lock"), theirs), daemon=True)
    with file_lock(tmp_path / "lock"):
        other.start()
        assert not ours.poll(0.2)
    assert ours.poll(5)
    other.join()
