"""A headless Chromium from the system's packages, and what the tests ask of it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,1000",
)


@contextmanager
def chromium(profile: Path) -> Iterator[Any]:
    """Yield a driver of a fresh browser; skip the tests where there is none."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("no chromium and chromedriver (Debian's packages chromium and chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(driver)
    browser = webdriver.Chrome(options=options, service=service)
    try:
        yield browser
    finally:
        browser.quit()


def requested(browser: Any) -> list[str]:
    """Return the addresses the browser has asked for since the last call."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]


def prefer(browser: Any, scheme: str) -> None:
    """Let the system's colour scheme be "light" or "dark"."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def attributes(browser: Any, selector: str, name: str) -> list[str]:
    """Return an attribute of all elements that match; one call, where a call for each would be slow."""
    return _each(browser, selector, "element.getAttribute(name)", name)


def texts(browser: Any, selector: str) -> list[str]:
    """Return the text of all elements that match and can be seen."""
    return [
        text for text in _each(browser, selector, "element.checkVisibility() && element.textContent") if text
    ]


def styles(browser: Any, selector: str, name: str) -> list[str]:
    """Return a computed style of all elements that match."""
    return _each(browser, selector, "getComputedStyle(element).getPropertyValue(name)", name)


def visible(browser: Any, selector: str) -> list[bool]:
    """Tell of all elements that match whether they can be seen."""
    return _each(browser, selector, "element.checkVisibility()")


def _each(browser: Any, selector: str, expression: str, name: str = "") -> list[Any]:
    script = f"""const [selector, name] = arguments;
        return [...document.querySelectorAll(selector)].map((element) => {expression});"""
    return list(browser.execute_script(script, selector, name))


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2) of a computed colour: rgb(r, g, b) or color(srgb r g b)."""
    numbers = [float(number) for number in re.findall(r"[0-9.]+", colour)[:3]]
    levels = numbers if colour.startswith("color(srgb") else [number / 255 for number in numbers]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in levels]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio (WCAG 2) of two colours."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
