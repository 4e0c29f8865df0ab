"""The page in a real browser: what a user sees, points at, clicks and types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.marks import with_slow
from tests.report.page.browser import (
    attributes,
    chromium,
    contrast,
    prefer,
    requested,
    styles,
    texts,
    visible,
)
from tests.report.page.cases import PLACED, instance, many, moved, small
from wse_cp.decimals import exact_text
from wse_cp.report.page.crowd import CROWD
from wse_cp.report.page.facts import wires
from wse_cp.report.page.model import KnownBound
from wse_cp.report.page.render import write_report
from wse_cp.report.page.view import page_view

READY_MS = 2000
CROWDED = CROWD + 50
#: Times of loaded machines vary: this often a page may be opened until it was ready in time.
TRIES = 3
WIRES = wires(instance(), PLACED)
NAMES = [placed.name for placed in PLACED]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    bound = KnownBound(small().run.history[-1][1] / 2, verified=True)
    write_report(folder / "small.html", instance(), [small()], bound=bound)
    far = small(label="far.paint", placed=moved(100, 50))
    bad = small(label="bad.paint", placed=moved(60, 30))
    write_report(folder / "several.html", instance(), [small(), far, bad])
    for count in (16, 100, 250, CROWDED):
        problem, solution = many(count)
        write_report(folder / f"{count}.html", problem, [solution])
    modules = {name: f"layer.{number // 10}" for number, name in enumerate(problem.kernels)}
    write_report(folder / "crowd-modules.html", replace(problem, modules=modules), [solution])
    paths = {"k1": "net.0.query", "k2": "net.0.key", "k3": "net.1.query"}
    write_report(folder / "modules.html", replace(instance(), modules=paths), [small()])
    return folder


@pytest.fixture(scope="module")
def shared_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def browser(shared_browser: Any, pages: Path) -> Iterator[Any]:
    """Return the browser with the small page, fresh; no test may leave an error on the console."""
    prefer(shared_browser, "light")
    requested(shared_browser)
    open_page(shared_browser, pages, "small")
    yield shared_browser
    assert shared_browser.get_log("browser") == []
    addresses = requested(shared_browser)
    assert addresses
    # Chromium loads its own start page, perhaps only now.
    own = ("file:", "data:", "chrome:", "chrome-untrusted:")
    assert [address for address in addresses if not address.startswith(own)] == []


def open_page(browser: Any, pages: Path, name: str) -> None:
    browser.get((pages / f"{name}.html").as_uri())


def one(browser: Any, selector: str) -> Any:
    return browser.find_element("css selector", selector)


def kernel(browser: Any, index: int, solution: int = 0) -> Any:
    return one(browser, f"[data-solution='{solution}'] g.kernel[data-k='{index}'] .outer")


def pointing(browser: Any, element: Any) -> Any:
    from selenium.webdriver import ActionChains

    return ActionChains(browser, duration=0).move_to_element(element)


def press(browser: Any, *keys: str) -> None:
    """Type keys; those with a name are Selenium's, such as ENTER."""
    from selenium.webdriver import ActionChains, Keys

    ActionChains(browser, duration=0).send_keys(*(getattr(Keys, key, key) for key in keys)).perform()


def focused(browser: Any) -> Any:
    return browser.switch_to.active_element


def indices(browser: Any, selector: str) -> set[int]:
    """Return the kernels (or wires) that the elements stand for."""
    name = "data-w" if "path" in selector else "data-k"
    return {int(index) for index in attributes(browser, selector, name)}


def view_box(browser: Any) -> list[float]:
    return [float(number) for number in attributes(browser, ".plan", "viewBox")[0].split()]


def wires_of(index: int, end: str) -> set[int]:
    return {number for number, wire in enumerate(WIRES) if getattr(wire, end) == index}


def test_pointing_at_a_kernel_shows_its_name_time_and_the_rest(browser: Any) -> None:
    tip = one(browser, "#tip")
    assert not tip.is_displayed()
    pointing(browser, kernel(browser, 3)).perform()
    assert tip.is_displayed()
    text = tip.text
    assert text.splitlines()[0] == "k10"
    facts = ("H=4 W=4", "h=1 w=2 c=7 k=3", "9 × 16", "words", "of the limit", "R0", "adapter")
    for fact in (f"{exact_text(PLACED[3].time)} cycles", *facts):
        assert fact in text
    pointing(browser, one(browser, "h1")).perform()
    assert not tip.is_displayed()


def test_a_click_highlights_exactly_the_wires_of_a_kernel_and_tells_in_from_out(browser: Any) -> None:
    pointing(browser, kernel(browser, 2)).click().perform()
    assert indices(browser, ".wires path.in") == wires_of(2, "consumer")
    assert indices(browser, ".wires path.out") == wires_of(2, "producer")
    (dashed, *_), (solid, *_) = (
        styles(browser, f".wires .{way}", "stroke-dasharray") for way in ("in", "out")
    )
    assert dashed != solid == "none"
    assert indices(browser, "g.kernel[aria-pressed=true]") == {2}
    assert indices(browser, "g.kernel.source") == {0, 1}
    assert indices(browser, "g.kernel.target") == {3}


def test_the_panel_lists_lengths_adapters_and_the_splits_that_differ(browser: Any) -> None:
    pointing(browser, kernel(browser, 0)).click().perform()
    text = one(browser, ".panel").text
    assert text.splitlines()[0] == "k1"
    assert "Writes to" in text
    assert "Reads from" not in text
    outward = [WIRES[number] for number in sorted(wires_of(0, "producer"))]
    assert any(wire.mismatches for wire in outward)
    for wire in outward:
        assert f"{exact_text(wire.length)} tiles" in text
        for mismatch in wire.mismatches:
            assert mismatch in text
    counts = [str(wire.total_adapters) for wire in outward if wire.adapters]
    assert sorted(texts(browser, ".badges text")) == sorted(counts)


@pytest.mark.parametrize(
    "end",
    [
        lambda browser: pointing(browser, kernel(browser, 0)).click().perform(),
        lambda browser: press(browser, "ESCAPE"),
        lambda browser: pointing(browser, one(browser, ".wafer")).click().perform(),
    ],
    ids=["again", "escape", "beside"],
)
def test_a_second_click_escape_or_a_click_beside_ends_the_highlighting(
    browser: Any, end: Callable[[Any], None]
) -> None:
    pointing(browser, kernel(browser, 0)).click().perform()
    assert indices(browser, ".wires path.out")
    end(browser)
    assert not attributes(browser, ".selected, .source, .target, path.out[data-w], .badges > *", "class")
    assert "Click a kernel" in one(browser, ".panel").text


def test_a_neighbour_named_in_the_panel_can_be_selected_there(browser: Any) -> None:
    pointing(browser, kernel(browser, 0)).click().perform()
    one(browser, ".panel [data-name=k2]").click()
    assert texts(browser, ".panel h3") == ["k2"]


def test_the_wheel_zooms_where_it_points_and_the_button_shows_all(browser: Any) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.actions.wheel_input import ScrollOrigin

    whole = view_box(browser)
    ActionChains(browser).scroll_from_origin(ScrollOrigin.from_element(kernel(browser, 3)), 0, -300).perform()
    x, y, width, height = view_box(browser)
    assert width < whole[2]
    box = PLACED[3].rectangle
    assert x < box.x + box.width / 2 < x + width
    assert y < 80 - box.y - box.height / 2 < y + height
    one(browser, "[data-zoom=all]").click()
    assert view_box(browser) == whole


def test_dragging_moves_the_floorplan_and_selects_nothing(browser: Any) -> None:
    one(browser, "[data-zoom=in]").click()
    before = view_box(browser)
    pointing(browser, kernel(browser, 2)).click_and_hold().move_by_offset(-60, 20).release().perform()
    after = view_box(browser)
    assert after[0] > before[0]
    assert after[1] < before[1]
    assert after[2:] == before[2:]
    assert not indices(browser, ".selected")


def test_the_floorplan_obeys_the_keyboard(browser: Any) -> None:
    whole = view_box(browser)
    browser.execute_script("document.querySelector('.plan').focus()")
    press(browser, "+", "+")
    zoomed = view_box(browser)
    press(browser, "ARROW_RIGHT")
    assert zoomed[2] < whole[2]
    assert view_box(browser)[0] > zoomed[0]
    press(browser, "-")
    assert zoomed[2] < view_box(browser)[2] < whole[2]
    press(browser, "0")
    assert view_box(browser) == whole


def test_kernels_are_reached_selected_and_left_with_keys_alone(browser: Any) -> None:
    browser.execute_script("document.querySelector('.plan').focus()")
    press(browser, "TAB")
    assert (focused(browser).get_dom_attribute("aria-label") or "").startswith("k1, conv, time ")
    assert one(browser, "#tip").text.splitlines()[0] == "k1"
    assert focused(browser).get_dom_attribute("aria-describedby") == "tip"
    press(browser, "ARROW_RIGHT")
    assert focused(browser).get_dom_attribute("data-k") == "1"
    press(browser, "END")
    assert focused(browser).get_dom_attribute("data-k") == "3"
    press(browser, "ENTER")
    assert focused(browser).get_dom_attribute("aria-pressed") == "true"
    assert indices(browser, ".wires path.in") == wires_of(3, "consumer")
    press(browser, "ESCAPE")
    assert not indices(browser, ".wires path.in")
    press(browser, "TAB")  # the floorplan keeps nobody: one more key leaves all its kernels
    assert not browser.execute_script("return document.activeElement.matches('.plan, .plan *')")


def test_the_table_sorts_by_each_column_both_ways_with_mouse_and_keys(browser: Any) -> None:
    names = ".kernels-table tbody th"
    assert texts(browser, names) == NAMES
    by_time = [placed.name for placed in sorted(PLACED, key=lambda placed: placed.time)]
    button = one(browser, "[data-column='8']")
    button.click()
    assert texts(browser, names) == by_time
    assert attributes(browser, "th:has([data-column='8'])", "aria-sort") == ["ascending"]
    press(browser, "ENTER")
    assert texts(browser, names) == by_time[::-1]
    assert attributes(browser, "th:has([data-column='8'])", "aria-sort") == ["descending"]
    one(browser, "[data-column='0']").click()
    assert texts(browser, names) == NAMES
    assert attributes(browser, "th:has([data-column='8'])", "aria-sort") == ["none"]


def test_rows_and_floorplan_are_linked(browser: Any) -> None:
    row = one(browser, "tr[data-k='1'] .pick")
    pointing(browser, row).perform()
    assert indices(browser, "g.kernel.hover") == {1}
    row.click()
    assert indices(browser, "g.kernel.selected") == {1}
    press(browser, "ARROW_DOWN", "ENTER")
    assert indices(browser, "tr.selected") == indices(browser, "g.kernel.selected") == {2}


def test_the_table_can_be_searched(browser: Any) -> None:
    one(browser, "#find").send_keys("block")
    assert texts(browser, ".kernels-table tbody th") == ["k2", "k3"]


@pytest.mark.parametrize("by", ["time", "memory"])
def test_kernels_can_be_coloured_otherwise_and_the_legend_follows(browser: Any, by: str) -> None:
    fills = styles(browser, "g.kernel .outer", "fill")
    one(browser, f"[name=colour][value={by}]").click()
    assert styles(browser, "g.kernel .outer", "fill") != fills
    assert visible(browser, f".for-{by}") == [True]
    assert visible(browser, ".for-type") == [False]
    assert not any(visible(browser, ".plan .hatch"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_legible_in_both_schemes(browser: Any, scheme: str) -> None:
    prefer(browser, scheme)
    (page,) = styles(browser, "body", "background-color")
    assert (contrast(page, "rgb(0, 0, 0)") < 3) == (scheme == "dark")
    for selector in ("h1", "dt", ".summary td", ".legend li", "summary", "footer p", ".kernels-table td"):
        assert contrast(styles(browser, selector, "color")[0], page) >= 4.5, selector
    for by in ("type", "time", "memory"):
        one(browser, f"[name=colour][value={by}]").click()
        labels = styles(browser, ".labels text", "fill")
        assert len(labels) == 4
        for fill in styles(browser, ".plan .fill", "fill"):
            assert contrast(labels[0], fill) >= 4.5, by


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_shade_bears_text_and_is_told_from_the_next_by_lightness(browser: Any, scheme: str) -> None:
    prefer(browser, scheme)
    one(browser, "[name=colour][value=time]").click()
    shades = styles(browser, ".for-time .fill", "fill")
    (text, *_) = styles(browser, ".labels text", "fill")
    contrasts = [contrast(text, shade) for shade in shades]
    assert len(shades) == 5
    assert min(contrasts) >= 4.5
    assert contrasts == sorted(contrasts, reverse=True)


def test_the_scheme_can_be_chosen_against_the_systems(browser: Any) -> None:
    button = one(browser, "#scheme")
    (system,) = styles(browser, "body", "background-color")
    seen = []
    for _ in range(3):
        button.click()
        seen.append((button.text, styles(browser, "body", "background-color")[0] == system))
    assert seen == [("Scheme: light", True), ("Scheme: dark", False), ("Scheme: system", True)]


def test_several_solutions_stand_side_by_side_with_the_same_kernel_highlighted(
    browser: Any, pages: Path
) -> None:
    open_page(browser, pages, "several")
    plans = browser.find_elements("css selector", ".plan")
    assert len({plan.rect["x"] for plan in plans}) == 3
    pointing(browser, kernel(browser, 3, solution=1)).click().perform()
    assert attributes(browser, "g.kernel.selected", "data-k") == ["3", "3", "3"]
    assert texts(browser, ".panel h3") == ["k10"] * 3
    assert "k3 and k10 overlap" in one(browser, ".wrong").text
    assert len(attributes(browser, ".plan .overlap", "x")) == 1
    one(browser, "[name=table][value='2']").click()
    assert visible(browser, ".kernels-of") == [False, False, True]


@pytest.mark.parametrize("count", with_slow([16, 100, 250, CROWDED], 16, 250))
def test_pages_of_any_size_are_ready_at_once(
    browser: Any, pages: Path, count: int, record_property: Callable[[str, object], None]
) -> None:
    times: list[int] = []
    while len(times) < TRIES and (not times or times[-1] >= READY_MS):
        open_page(browser, pages, str(count))
        times.append(int(attributes(browser, "html", "data-ready")[0]))
    record_property("ready_ms", times)
    record_property("bytes", (pages / f"{count}.html").stat().st_size)
    assert min(times) < READY_MS
    assert len(attributes(browser, "g.kernel[data-k]", "data-k")) == (1 if count == CROWDED else count)


def test_names_too_small_to_read_appear_when_the_floorplan_is_zoomed(browser: Any, pages: Path) -> None:
    browser.set_window_size(500, 700)
    open_page(browser, pages, "250")
    try:
        before = len(texts(browser, ".labels text"))
        for _ in range(6):
            one(browser, "[data-zoom=in]").click()
        assert before < 250 == len(texts(browser, ".labels text"))
    finally:
        browser.set_window_size(1400, 1000)


def test_the_page_can_be_printed_with_all_tables(browser: Any, pages: Path) -> None:
    open_page(browser, pages, "several")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert visible(browser, "header .tools") == [False]
        assert visible(browser, ".kernels-of") == [True] * 3
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def at(browser: Any, index: int) -> Any:
    """Point at the middle of a kernel of the crowd, which may have no element."""
    from selenium.webdriver import ActionChains

    svg = one(browser, ".plan")
    browser.execute_script("arguments[0].scrollIntoView()", svg)
    box = many(CROWDED)[1].placed[index].rectangle
    left, top, width, height = view_box(browser)
    scale = min(svg.size["width"] / width, svg.size["height"] / height)
    x = (box.center2[0] / 2 - left - width / 2) * scale
    y = (633 - box.center2[1] / 2 - top - height / 2) * scale
    return ActionChains(browser, duration=0).move_to_element_with_offset(svg, round(x), round(y))


@pytest.fixture
def crowd(browser: Any, pages: Path) -> Any:
    open_page(browser, pages, str(CROWDED))
    return browser


def test_a_crowd_has_elements_only_for_kernels_somebody_looks_at(crowd: Any) -> None:
    assert indices(crowd, "g.kernel[data-k]") == {0}
    at(crowd, 20).perform()
    assert one(crowd, "#tip").text.splitlines()[0] == "k20"
    assert indices(crowd, "g.kernel[data-k]") == {0, 20}
    pointing(crowd, one(crowd, "h1")).perform()
    assert not one(crowd, "#tip").is_displayed()
    assert indices(crowd, "g.kernel[data-k]") == {0}


def test_a_click_into_a_crowd_shows_the_wires_and_neighbours_of_a_kernel(crowd: Any) -> None:
    problem, solution = many(CROWDED)
    found = wires(problem, solution.placed)
    assert attributes(crowd, ".wires path", "d") == []
    at(crowd, 21).click().perform()
    inward = {number for number, wire in enumerate(found) if wire.consumer == 21}
    outward = {number for number, wire in enumerate(found) if wire.producer == 21}
    assert indices(crowd, ".wires path.in") == inward
    assert indices(crowd, ".wires path.out") == outward
    assert len(inward) == 2
    assert len(outward) == 2
    assert indices(crowd, "g.kernel.target") == {22, 24}
    assert texts(crowd, ".panel h3") == ["k21"]
    assert {"k20", "k21", "k22", "k24"} <= set(texts(crowd, ".labels text"))
    press(crowd, "ESCAPE")
    assert indices(crowd, ".wires path[data-w]") == set()


def test_all_wires_of_a_crowd_can_be_asked_for(crowd: Any) -> None:
    box = one(crowd, "#wires")
    assert not box.is_selected()
    box.click()
    (lines,) = attributes(crowd, ".wires path", "d")
    assert lines.count("M") == len(wires(*many_placed()))
    box.click()
    assert attributes(crowd, ".wires path", "d") == []


def many_placed() -> tuple[Any, Any]:
    problem, solution = many(CROWDED)
    return problem, solution.placed


def test_names_of_a_crowd_come_when_they_can_be_read(crowd: Any) -> None:
    before = len(texts(crowd, ".labels text"))
    assert before < CROWDED
    for _ in range(6):
        one(crowd, "[data-zoom=in]").click()
    sizes = [float(size) for size in attributes(crowd, ".labels text", "font-size")]
    scale = one(crowd, ".plan").size["width"] / view_box(crowd)[2]
    assert 0 < len(sizes) < CROWDED
    assert min(sizes) * scale >= 8


def test_the_table_of_a_crowd_grows_on_demand_and_finds_any_row(crowd: Any) -> None:
    assert len(texts(crowd, "tbody .pick")) == CROWD
    one(crowd, ".more button").click()
    assert len(texts(crowd, "tbody .pick")) == CROWDED
    assert not one(crowd, ".more").is_displayed()
    last = f"k{CROWDED - 1}"
    one(crowd, "#find").send_keys(last)
    (shown,) = crowd.find_elements("css selector", ".kernels-table tr[data-k]:not([hidden])")
    expected = page_view(many(CROWDED)[0], [many(CROWDED)[1]], None, "", "").solutions[0].rows[-1]
    assert tuple(cell.text for cell in shown.find_elements("css selector", "th, td")) == expected


def test_arrows_lead_through_a_crowd(crowd: Any) -> None:
    one(crowd, "g.kernel[data-k='0']")
    crowd.execute_script("document.querySelector(\"g.kernel[data-k='0']\").focus()")
    press(crowd, "ARROW_RIGHT")
    assert focused(crowd).get_attribute("data-k") == "1"
    press(crowd, "END")
    assert focused(crowd).get_attribute("data-k") == str(CROWDED - 1)
    assert indices(crowd, "g.kernel[tabindex='0']") == {CROWDED - 1}


@pytest.fixture
def modules(browser: Any, pages: Path) -> Any:
    open_page(browser, pages, "modules")
    return browser


def test_kernels_can_be_coloured_by_module(modules: Any) -> None:
    one(modules, '[name=colour][value="module"]').click()
    fills = styles(modules, ".plan .kernel", "--own")
    assert fills[0] == fills[1] != fills[2]
    assert visible(modules, ".for-module") == [True]
    assert texts(modules, ".for-module li") == ["net.0", "net.1", "no module"]


def test_the_name_of_a_module_highlights_its_kernels_and_those_they_talk_to(modules: Any) -> None:
    name = one(modules, '.modules-table tr[data-g="0"] .pick')
    name.click()
    assert indices(modules, ".plan .kernel.selected") == {0, 1}
    assert indices(modules, ".plan .kernel.target") == {2}
    assert indices(modules, ".plan .kernel.source") == set()
    assert "net.0" in texts(modules, ".panel h3")
    assert name.get_attribute("aria-pressed") == "true"
    name.click()
    assert indices(modules, ".plan .kernel.selected") == set()
    assert name.get_attribute("aria-pressed") == "false"


def test_a_module_unfolds_to_its_kernels(modules: Any) -> None:
    button = one(modules, '.modules-table tr[data-g="0"] .unfold')
    button.click()
    assert texts(modules, ".within button") == ["k1 query", "k2 key"]
    one(modules, '.within button[data-name="k2"]').click()
    assert indices(modules, ".plan .kernel.selected") == {1}
    assert "net.0.key" in texts(modules, ".panel dd")
    button.click()
    assert texts(modules, ".within button") == []


def test_a_crowd_highlights_a_module_too(browser: Any, pages: Path) -> None:
    open_page(browser, pages, "crowd-modules")
    one(browser, '.modules-table tr[data-g="3"] .pick').click()
    assert indices(browser, ".plan .kernel.selected") == set(range(30, 40))
    one(browser, '.modules-table tr[data-g="3"] .pick').click()
    assert indices(browser, ".plan .kernel.selected") == set()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_of_a_module_bears_text(modules: Any, scheme: str) -> None:
    prefer(modules, scheme)
    ink = styles(modules, "body", "color")[0]
    script = """return [...Array(12).keys()].map((n) => {
        const probe = document.body.appendChild(document.createElement("i"));
        probe.style.color = `var(--module-${n})`;
        return getComputedStyle(probe).color;
    });"""
    colours = modules.execute_script(script)
    assert len(set(colours)) == 12
    assert min(contrast(ink, colour) for colour in colours) >= 4.5
