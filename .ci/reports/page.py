"""Opens the HTML report in Chromium from disk, with the screen sizes of a phone and of a desktop.

    page.py REPORT NDJSON [SCREENSHOTS]
"""
import json
import os
import shutil
import sys
import time
from playwright.sync_api import sync_playwright

report, shots = os.path.realpath(sys.argv[1]), sys.argv[3] if len(sys.argv) > 3 else None
results = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
rejected = [r for r in results if r["verdict"] == "rejected"]
code = rejected[0]["findings"][0]["code"]
VISIBLE = "() => document.querySelectorAll('main > .file:not([hidden])').length"


def shoot(page, name):
    if shots:
        page.screenshot(path=os.path.join(shots, name + ".png"))


def open_page(browser, width, **options):
    page = browser.new_page(viewport={"width": width, "height": 800}, **options)
    page.requests, page.errors = [], []
    page.on("request", lambda request: page.requests.append(request.url[:100]))
    page.on("console", lambda message: page.errors.append(message.text))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("dialog", lambda dialog: page.errors.append(dialog.message))
    start = time.monotonic()
    page.goto("file://" + report)
    page.seconds = time.monotonic() - start
    return page


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    for width in (375, 1280):
        page = open_page(browser, width)
        assert page.evaluate(VISIBLE) == len(results)
        assert page.title() == "preflight report", page.title()
        assert page.evaluate("document.querySelectorAll('script').length") == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page is wider than the screen"
        assert page.evaluate("document.querySelector('.file').dataset.verdict") == "rejected", "the most severe files must come first"
        shoot(page, f"{width}")

        page.select_option("#verdict", "rejected")
        assert page.evaluate(VISIBLE) == len(rejected)
        page.select_option("#code", code)
        both = [r for r in rejected if any(f["code"] == code for f in r["findings"])]
        assert page.evaluate(VISIBLE) == len(both)
        shoot(page, f"{width}-filtered")
        page.click("#reset")
        assert page.evaluate(VISIBLE) == len(results)
        page.select_option("#severity", "warning")
        warned = [r for r in results if any(f["severity"] == "warning" for f in r["findings"])]
        assert page.evaluate(VISIBLE) == len(warned)
        page.click("#reset")
        page.select_option("#endpoint", "sticker")
        assert page.evaluate(VISIBLE) == sum(r["endpoint"] == "sticker" for r in results)
        page.click("#reset")

        # With the keyboard only: the text field has the focus after "Show all", and Tab moves through the filters.
        start = time.monotonic()
        page.keyboard.type("cmyk rgb")
        while page.evaluate(VISIBLE) == len(results) and time.monotonic() < start + 10:
            time.sleep(0.02)
        seconds = time.monotonic() - start
        assert seconds < 3, f"filtering takes {seconds:.1f} s"
        assert page.evaluate(VISIBLE) == sum(any("cmyk" in f["message"] for f in r["findings"]) for r in results)
        for name in ("verdict", "severity", "code", "endpoint", "reset"):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.id") == name
        page.keyboard.press("Enter")
        assert page.evaluate(VISIBLE) == len(results)

        page.click(f"a[href='#code-{code}'] >> nth=0")
        assert page.evaluate(f"document.getElementById('code-{code}').getBoundingClientRect().top < innerHeight")
        assert page.requests[0].startswith("file://") and all(url.startswith("data:image/") for url in page.requests[1:]), page.requests
        assert not page.errors, page.errors
        print(f"{width} px: {len(results)} files open in {page.seconds:.1f} s, filter by text in {seconds:.1f} s")
        page.close()

    page = open_page(browser, 1280)
    good = page.evaluate("""async () => {
        const images = [...document.images];
        for (const image of images) image.loading = 'eager';
        await Promise.all(images.map(image => image.decode().catch(() => null)));
        return [images.length, images.filter(image => image.naturalWidth).length];
    }""")
    assert 0 < good[1] == page.evaluate("document.images.length"), good
    print(f"{good[1]} of {good[0]} images shown")
    # The Content-Security-Policy blocks injected scripts and external images.
    page.evaluate("""() => {
        const script = document.createElement('script'); script.textContent = "document.title = 'owned'"; document.body.append(script);
        const image = document.createElement('img'); image.src = 'https://example.com/x.png'; document.body.append(image);
        document.body.insertAdjacentHTML('beforeend', '<p onclick="document.title=1" id="probe">x</p>');
        document.getElementById('probe').click();
    }""")
    assert page.title() == "preflight report" and len(page.errors) >= 3, page.errors
    page.close()

    page = open_page(browser, 375, color_scheme="dark")
    shoot(page, "375-dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(media="print")
    assert not page.is_visible("#filters") and page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    page.close()

    page = open_page(browser, 1280, java_script_enabled=False)
    assert page.locator("main > .file").count() == len(results) and not page.is_visible("#filters")
    assert page.is_visible("#counts")
    page.close()
    browser.close()
