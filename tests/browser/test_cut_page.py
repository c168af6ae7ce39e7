"""The page of a cut: it plays over cuts; clips are ordered, trimmed, split and tried out, by keys and by two people."""

from __future__ import annotations

import re

import pytest
import requests
from playwright.sync_api import Page, Route, expect

from tests.browser.cutting import PLAYING_VIDEO, Film, names, trims
from tests.studio_process import RunningStudio

SHOWN_VIDEO = """(id) => [...document.querySelectorAll("[data-layer].seen video")]
  .some((video) => video.currentSrc.includes(id))"""


@pytest.fixture
def film(page: Page, studio: RunningStudio, token: str) -> Film:
    return Film(page, studio, token).make()


def test_it_plays_on_over_a_cut(film: Film) -> None:
    page = film.page
    second = next(clip for clip in film.cut["clips"] if clip["sceneName"] == "Two")
    page.keyboard.press("ArrowDown")
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("textbox", name="Time code")).to_have_value("00:00:01:06")
    page.keyboard.press(" ")
    page.wait_for_function(PLAYING_VIDEO, arg=second["shows"])
    page.keyboard.press("k")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.keyboard.press("Home")
    expect(page.get_by_role("textbox", name="Time code")).to_have_value("00:00:00:00")


def test_clips_are_ordered_trimmed_and_split_by_the_mouse(film: Film) -> None:
    page = film.page
    film.drag(film.place(0, 0.5), film.place(1, 0.9))
    assert names(film.expect_saved(2)) == ["Two", "One", "Three"]
    left, y = film.place(0, 0)
    right = film.place(0, 1)[0]
    # to the half of the clip, without snapping to anything
    page.get_by_role("button", name="Snapping").click()
    film.drag((right - 3, y), ((left + right) / 2, y))
    out = film.expect_saved(3)["clips"][0]["out"]
    assert 10 <= out <= 14
    page.get_by_role("button", name="Razor tool").click()
    page.mouse.click(*film.place(1, 0.5))
    cut = film.expect_saved(4)
    assert names(cut) == ["Two", "One", "One", "Three"]
    assert cut["clips"][1]["out"] == cut["clips"][2]["in"]
    page.get_by_role("button", name="Undo").click()
    assert names(film.expect_saved(5)) == ["Two", "One", "Three"]


def test_everything_by_the_keyboard(film: Film) -> None:
    page = film.page
    page.get_by_role("listbox", name="Picture").focus()
    for key in ("Shift+ArrowDown", "Alt+ArrowLeft", "Shift+BracketLeft", "Shift+BracketRight", "Control+d", "Delete"):
        page.keyboard.press(key)
    cut = film.expect_saved(6)
    assert (names(cut), trims(cut)[0]) == (["Two", "One", "Three"], (1, 23))
    for key in ("Control+z", "Control+z", "Control+Shift+Z", "Control+Shift+Z", "t"):
        page.keyboard.press(key)
    cut = film.expect_saved(11)
    assert names(cut) == ["Two", "One", "Three"]
    assert cut["clips"][1]["transition"] == {"kind": "dissolve", "frames": 12}
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Split at the playhead")


def test_a_new_title_is_typed_over_at_once(film: Film) -> None:
    page = film.page
    page.get_by_role("listbox", name="Picture").focus()
    page.keyboard.press("Shift+T")
    page.keyboard.type("Night")
    # it is seen while it is typed
    expect(page.locator("#cut-titles")).to_have_text("Night")
    page.keyboard.press("Tab")
    assert [title["text"] for title in film.expect_saved(3)["titles"]] == ["Night"]


def test_another_take_is_tried_in_place_before_it_is_used(film: Film) -> None:
    page = film.page
    film.clips.first.click()
    shown = film.cut["clips"][0]["shows"]
    other = next(name for name in ("a.mp4", "b.mp4") if film.assets[name] != shown)
    page.locator("#cut-takes").get_by_role("button", name=other).click()
    page.wait_for_function(PLAYING_VIDEO, arg=film.assets[other])
    # it plays to the end of the clip, and the film stays where it is
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    length = film.cut["clips"][0]["out"]
    expect(page.locator("#cut-seek")).to_have_value(str(length - 1))
    assert film.cut["version"] == 1
    page.get_by_role("button", name="Use this take").click()
    clip = film.expect_saved(2)["clips"][0]
    assert (clip["assetId"], clip["in"], clip["out"]) == (film.assets[other], 0, 24 if other == "a.mp4" else 36)
    page.get_by_label("Always show the scene's best take").check()
    clip = film.expect_saved(3)["clips"][0]
    assert (clip["assetId"], clip["shows"]) == (None, shown)


def test_a_take_is_tried_in_the_place_of_a_picture(film: Film) -> None:
    page = film.page
    clip = film.cut["clips"][2]
    film.call("PUT", f"/{film.project}/cut", json=film.cut | {"clips": [clip | {"assetId": clip["shows"]}]})
    taken = film.upload(3, "e.mp4", 72)
    expect(film.clips).to_have_count(1)
    film.clips.first.click()
    page.locator("#cut-takes").get_by_role("button", name="e.mp4").click()
    # not its first frame alone
    page.wait_for_function(PLAYING_VIDEO, arg=taken)


def test_what_is_tried_changes_no_trim(film: Film) -> None:
    page = film.page
    cut = film.cut
    cut["clips"][0]["assetId"] = film.assets["a.mp4"]
    cut["clips"][0]["out"] = 24
    film.call("PUT", f"/{film.project}/cut", json=cut)
    expect(film.clips.first).to_have_attribute("aria-label", re.compile("pinned"))
    film.clips.first.click()
    page.locator("#cut-takes").get_by_role("button", name="b.mp4").click()
    page.wait_for_function(PLAYING_VIDEO, arg=film.assets["b.mp4"])
    page.keyboard.press("Escape")
    page.wait_for_function(SHOWN_VIDEO, arg=film.assets["a.mp4"])
    expect(page.get_by_role("button", name="Use this take")).to_be_hidden()
    page.locator("#cut-takes").get_by_role("button", name="b.mp4").click()
    # there are no more frames of the file that is in the cut
    page.keyboard.press("]")
    page.keyboard.press("Shift+]")
    assert trims(film.expect_saved(3))[0] == (0, 23)


DECK = """async () => {
  const { Deck } = await import("/static/js/pages/cut/deck.js");
  const calls = [];
  const element = {
    duration: 2, currentTime: 2, playbackRate: 1, ended: true, paused: true, seeking: false, addEventListener() {},
    play: async () => calls.push("play"),
    pause: () => calls.push("pause"),
  };
  const deck = new Deck(element, { gain: 1 });
  deck.playAt(1.95, 1);
  Object.assign(element, { ended: false, paused: false });
  deck.playAt(2.5, 1);
  element.paused = true;
  deck.playAt(0.5, 1);
  return [calls, element.currentTime];
}"""


def test_a_file_that_is_over_does_not_begin_anew(page: Page) -> None:
    page.goto("/")
    assert page.evaluate(DECK) == [["pause", "play"], 0.5]


def test_fields_of_the_inspector_change_the_clip(film: Film) -> None:
    page = film.page
    film.clips.nth(2).click()
    page.get_by_role("textbox", name="Length").fill("1:00")
    page.get_by_role("textbox", name="Note").fill("Hold longer?")
    page.keyboard.press("Tab")
    clip = film.expect_saved(3)["clips"][2]
    assert (clip["out"], clip["note"]) == (24, "Hold longer?")
    page.get_by_text("Film settings").click()
    page.get_by_role("combobox", name="Rate").select_option("30")
    cut = film.expect_saved(4)
    assert (cut["rate"], cut["clips"][2]["out"], cut["clips"][0]["out"]) == (
        "30",
        30,
        45 if cut["clips"][0]["out"] > 40 else 30,
    )


def test_two_tabs_show_the_same_cut(film: Film) -> None:
    other = film.page.context.new_page()
    other.goto(film.path)
    expect(other.get_by_role("listbox", name="Picture").get_by_role("option")).to_have_count(3)
    film.clips.first.click()
    film.page.keyboard.press("Delete")
    expect(other.get_by_role("listbox", name="Picture").get_by_role("option")).to_have_count(2)
    other.close()


def test_a_finger_watches_and_orders(phone: Page, studio: RunningStudio, token: str) -> None:
    film = Film(phone, studio, token).make()
    phone.get_by_role("button", name="Move One later").tap()
    assert names(film.expect_saved(2)) == ["Two", "One", "Three"]
    second = film.cut["clips"][1]
    phone.locator(".clip-play").nth(1).tap()
    phone.wait_for_function(PLAYING_VIDEO, arg=second["shows"])
    phone.get_by_role("button", name="Pause").tap()


def test_a_gap_is_no_card_in_the_list_of_a_phone(phone: Page, studio: RunningStudio, token: str) -> None:
    film = Film(phone, studio, token).make()
    gap = {"kind": "gap", "in": 0, "out": 24}
    film.call("PUT", f"/{film.project}/cut", json=film.cut | {"clips": [gap, *film.cut["clips"]]})
    expect(phone.locator(".clip-play").first).to_have_text("Gap00:00:01:00")


def test_a_finger_trims_by_a_handle(phone: Page, studio: RunningStudio, token: str) -> None:
    phone.set_viewport_size({"width": 1024, "height": 768})
    film = Film(phone, studio, token).make()
    film.clips.nth(1).tap()
    handle = phone.locator(".trim-handle[data-edge=end]").bounding_box()
    assert handle
    assert min(handle["width"], handle["height"]) >= 24
    frames = film.clips.nth(1).bounding_box()["width"] / 24  # type: ignore[index]
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    touches = phone.context.new_cdp_session(phone)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    phone.get_by_role("button", name="Snapping").tap()
    before = film.clips.first.bounding_box()
    touch("touchStart", (x, y))
    touch("touchMove", (x - 10 * frames, y))
    # what is dragged moves, and nothing else
    assert film.clips.first.bounding_box() == before
    touch("touchEnd")
    assert 12 <= film.expect_saved(2)["clips"][1]["out"] <= 16


EDITS = """async () => {
  const at = (name) => import(`/static/js/pages/cut/${name}.js`);
  const [{ settle, place, placeOfLine }, clips, edits, trims, { changeRate }, { Rate }] =
    await Promise.all(["place", "clips", "edits", "trims", "rate_change", "rate"].map(at));
  const clip = (id, frames, changes = {}) => ({ id, kind: "take", in: 0, out: frames, transition: null, ...changes });
  const sound = (id, lane, start) => ({ id, lane, start, in: 0, out: 10, fadeIn: 0, fadeOut: 0 });
  const base = place({
    clips: [clip("a", 40), clip("b", 20, { transition: { frames: 8 }, sceneId: "s" }), clip("c", 30)],
    sounds: [sound("v", "voice", 35), sound("m", "music", 35)],
    captions: [{ id: "k", start: 53, end: 60 }], titles: [], markers: [],
  });
  const show = (cut) => cut.clips.map(({ id, start, in: from, out }) => [id, start, from, out]);
  const settled = (cut, linked) => settle(base, cut, linked);
  const removed = settled(edits.removeClips(base, new Set(["a"])));
  const trimmed = settled(trims.trimStart(base, "b", 5));
  const split = settled(edits.splitClip(base, "a", 25, "r"));
  return {
    base: [show(base), base.length],
    removed: [show(removed), removed.sounds.map(({ start }) => start), removed.captions[0].start],
    unlinked: settled(edits.removeClips(base, new Set(["a"])), false).sounds.map(({ start }) => start),
    trimmed: [show(trimmed), trimmed.sounds.map(({ start }) => start)],
    rolled: show(settled(trims.roll(base, "c", -50, Infinity))),
    dissolveStays: show(settled(trims.roll(base, "b", 15, Infinity))),
    split: split.clips.map(({ start, in: from, out }) => [start, from, out]),
    moved: show(settled(edits.moveClips(base, new Set(["a"]), null))),
    short: settled(trims.trimEnd(base, "b", -15, 20)).clips[1].transition,
    gap: settled(edits.insertAt(base, 45, [clips.makeGap(24)], "r")).clips.map(({ kind }) => kind),
    line: [placeOfLine(base, { sceneId: "s" }, 7), placeOfLine(base, { sceneId: "none" }, 7)],
    rates: ["24", "24000/1001"].map((name) => new Rate(name).frames(5)),
    times: [new Rate("30000/1001").timecode(1801), new Rate("24").parse("1:00:05"), new Rate("24").parse("five")],
    inDissolve: show(settled(edits.splitClip(base, "b", 35, "r"))),
    rated: ["30", "24000/1001"].map((name) => {
      const rate = new Rate(name);
      const change = (cut) => changeRate(cut, new Rate("24"), rate, (part) => rate.frames(part.out / 24));
      const cut = settled({ ...change({ ...base, rate: "24" }) });
      return [show(cut), cut.sounds.map(({ start, out }) => [start, out]), cut.captions[0].start, cut.length];
    }),
  };
}"""


def test_edits_are_right_to_the_frame(page: Page) -> None:
    page.goto("/")
    assert page.evaluate(EDITS) == {
        "base": [[["a", 0, 0, 40], ["b", 32, 0, 20], ["c", 52, 0, 30]], 82],
        # what stands on a removed clip goes to the next; music stays
        "removed": [[["b", 0, 0, 20], ["c", 20, 0, 30]], [3, 35], 21],
        "unlinked": [35, 35],
        "trimmed": [[["a", 0, 0, 40], ["b", 32, 5, 20], ["c", 47, 0, 30]], [32, 35]],
        "rolled": [["a", 0, 0, 40], ["b", 32, 0, 20], ["c", 52, 0, 30]],
        # no farther than the dissolve of 8 frames allows
        "dissolveStays": [["a", 0, 0, 52], ["b", 44, 12, 20], ["c", 52, 0, 30]],
        "split": [[0, 0, 25], [25, 25, 40], [32, 0, 20], [52, 0, 30]],
        "moved": [["b", 0, 0, 20], ["c", 20, 0, 30], ["a", 50, 0, 40]],
        "short": {"kind": "dissolve", "frames": 5},
        "gap": ["take", "take", "gap", "take", "take"],
        # behind the voice that is there; without a clip of its scene at the playhead
        "line": [45, 7],
        "rates": [120, 119],
        "times": ["00:01:00:01", 1445, None],
        # the film stays as long as it is, and so does what is seen behind the split
        "inDissolve": [["a", 0, 0, 35], ["b", 32, 0, 3], ["r", 35, 3, 20], ["c", 52, 0, 30]],
        # a voice stays with its clip, music at its time; a file may have a frame less
        "rated": [
            [[["a", 0, 0, 50], ["b", 40, 0, 25], ["c", 65, 0, 37]], [[44, 12], [44, 12]], 66, 102],
            [[["a", 0, 0, 40], ["b", 32, 0, 20], ["c", 52, 0, 30]], [[35, 10], [35, 10]], 53, 82],
        ],
    }


def test_the_cut_goes_to_an_editor_and_comes_back(film: Film) -> None:
    page = film.page
    page.get_by_text("Send to an editing program").click()
    expect(page.locator("[data-report-words]")).not_to_be_empty()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").click()
    path = waiting.value.path()
    film.clips.first.click()
    page.keyboard.press("Delete")
    assert names(film.expect_saved(2)) == ["Two", "Three"]
    page.get_by_label("Import a changed file").set_input_files({
        "name": "back.otio", "mimeType": "application/json", "buffer": path.read_bytes()
    })  # fmt: skip
    expect(page.locator("[data-differences]")).to_contain_text("One")
    assert film.cut["version"] == 2
    page.get_by_role("button", name="Apply to the cut").click()
    expect(film.clips).to_have_count(3)
    assert names(film.expect_saved(3)) == ["One", "Two", "Three"]


def test_captions_come_from_a_file(film: Film) -> None:
    page = film.page
    page.locator("#cut-caption-files > summary").click()
    lines = "1\n00:00:00,500 --> 00:00:01,500\nThe sea is calm.\n"
    file = {"name": "film.srt", "mimeType": "application/x-subrip", "buffer": lines.encode()}
    page.get_by_label("Replace with an SRT or VTT file").set_input_files(file)  # type: ignore[arg-type]
    expect(page.get_by_role("listbox", name="Captions").get_by_role("option")).to_have_text("The sea is calm.")
    assert film.expect_saved(2)["captions"] == [{"start": 12, "end": 36, "text": "The sea is calm."}]
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#cut-captions")).to_have_text("The sea is calm.")


def test_a_film_is_exported_and_played(film: Film) -> None:
    page = film.page
    page.locator("#cut-exports > summary").click()
    expect(page.get_by_text("No exports yet.")).to_be_visible()
    page.get_by_role("combobox", name="Profile").select_option("preview-webp")
    page.get_by_role("button", name="Export", exact=True).click()
    row = page.get_by_role("list", name="Exports").get_by_role("listitem").first
    expect(row).to_have_attribute("data-status", "completed", timeout=60_000)
    with page.expect_download() as waiting:
        row.get_by_role("link", name="Download").click()
    assert waiting.value.suggested_filename.endswith(".webp")
    assert waiting.value.path().read_bytes().startswith(b"RIFF")


def test_a_file_is_added_from_another_page_where_its_scene_plays(film: Film) -> None:
    page = film.page
    page.goto(f"{film.path}?add={film.assets['d.jpg']}")
    assert names(film.expect_saved(2)) == ["One", "Two", "Three", "Three"]
    expect(film.clips.nth(3)).to_have_attribute("aria-selected", "true")
    # not once more with a reload
    assert "add=" not in page.url
    page.reload()
    expect(film.clips).to_have_count(4)
    assert film.cut["version"] == 2


def test_a_viewer_watches_and_tries_takes_but_changes_nothing(film: Film, nobody: Page, studio: RunningStudio) -> None:
    made = studio.command(
        "shell", "-c", 'from django.contrib.auth.models import User; User.objects.create_user("watcher")'
    )
    assert made.returncode == 0, made.stderr
    film.call("POST", f"/{film.project}/members", json={"username": "watcher", "role": "viewer"})
    nobody.goto(studio.command("signinlink", "watcher").stdout.split()[-1])
    nobody.wait_for_url("**/")
    nobody.goto(film.path)
    theirs = nobody.get_by_role("listbox", name="Picture").get_by_role("option")
    theirs.first.click()
    shown = film.cut["clips"][0]["shows"]
    other = next(name for name in ("a.mp4", "b.mp4") if film.assets[name] != shown)
    nobody.locator("#cut-takes").get_by_role("button", name=other).click()
    nobody.wait_for_function(PLAYING_VIDEO, arg=film.assets[other])
    nobody.keyboard.press("Delete")
    expect(theirs).to_have_count(3)
    assert film.cut["version"] == 1


def test_a_take_that_comes_fills_its_clip(film: Film) -> None:
    third = film.clips.nth(2)
    expect(third).to_have_attribute("aria-label", "3, Three, d.jpg, 00:00:03:00")
    body = {"projectId": film.project, "sceneId": "scene-3", "imageId": film.assets["d.jpg"]}
    # long enough for a slow page to show that it is generated
    body["promptText"] = "[seconds:5] It rains"
    headers = {"Authorization": f"Bearer {film.token}"}
    answer = requests.post(f"{film.studio.url}/api/videos/generate", json=body, headers=headers, timeout=20)
    assert answer.status_code == 202, answer.text
    expect(third).to_have_attribute("data-generating", "")
    expect(third).to_have_attribute("aria-label", "3, Three, Take 1, 00:00:05:00", timeout=30_000)
    # a message that was lost is sent again within seconds
    expect(third).not_to_have_attribute("data-generating", "", timeout=20_000)


def test_a_marker_has_a_note_and_is_a_stop(film: Film) -> None:
    page = film.page
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("m")
    assert film.expect_saved(2)["markers"] == [{"at": 24, "text": ""}]
    page.keyboard.press("3")
    marker = page.locator('#cut-inspector [data-form="marker"]')
    marker.get_by_label("Note").fill("Louder")
    page.keyboard.press("Tab")
    assert film.expect_saved(3)["markers"] == [{"at": 24, "text": "Louder"}]
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    # from edit to edit, and to markers between
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("textbox", name="Time code")).to_have_value("00:00:01:00")


def test_a_card_leads_to_where_its_take_is_generated(film: Film) -> None:
    page = film.page
    film.call("POST", f"/{film.project}/folders", json={"name": "Four"})
    expect(film.clips).to_have_count(4)
    page.keyboard.press("End")
    generate = page.locator("#cut-screen .seen").get_by_role("link", name="Generate")
    expect(generate).to_have_attribute("href", f"/projects/{film.project}/scene-4/")
    expect(page.locator("#cut-screen .seen .screen-card")).to_contain_text("Four")
    expect(page.locator("#cut-screen .seen .screen-card")).to_contain_text("Planned 3.0 s")
    page.keyboard.press("Home")
    expect(page.locator("#cut-screen").get_by_role("link", name="Generate")).to_have_count(0)
    page.keyboard.press("End")
    generate.click()
    page.wait_for_url("**/scene-4/")


def test_an_answer_that_comes_late_changes_nothing(film: Film) -> None:
    held: list[Route] = []
    film.page.route("**/cut/data/", lambda route: held.append(route), times=1)
    with film.page.expect_request("**/cut/data/"):
        film.call("PATCH", f"/{film.project}/folders/scene-1", json={"name": "Uno"})
    # lets Playwright hand over what it holds
    film.page.evaluate("1")
    late = held[0].fetch()
    film.call("PATCH", f"/{film.project}/folders/scene-1", json={"name": "Dawn"})
    expect(film.clips.first).to_have_attribute("aria-label", re.compile("Dawn"))
    with film.page.expect_response("**/cut/data/") as answer:
        held[0].fulfill(response=late)
    answer.value.finished()
    film.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(film.clips.first).to_have_attribute("aria-label", re.compile("Dawn"))
