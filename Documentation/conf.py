"""Sphinx: makes a site of these pages, which GitHub shows as well. `.ci/site` runs it."""

import re
import shutil
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
REPOSITORY = "https://github.com/preflight-media/preflight"

project = "preflight"
html_title = "preflight"
html_baseurl = "https://preflight-media.github.io/preflight/"

extensions = ["myst_parser", "sphinx_copybutton"]
root_doc = "README"
exclude_patterns = ["Images/README.md"]
# Otherwise the two hyphens of an option become a dash.
smartquotes = False
# The anchors of GitHub, down to the third level.
myst_heading_anchors = 3

# Nothing is loaded from elsewhere: furo brings no fonts, and the search runs in the page.
html_theme = "furo"
html_theme_options = {
    "source_repository": REPOSITORY,
    "source_branch": "main",
    "source_directory": "Documentation/",
}
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
# A reader copies the commands, not the prompt or what they print.
copybutton_prompt_text = "$ "

# The menu, in its order. A page that is in none of these is an error.
MENU = {
    "README": {
        "Start": ["Tutorials/CI", "Tutorials/Hook", "Tutorials/Python", "Tutorials/Node", "Tutorials/Swift",
                  "Tutorials/Templates", "Install"],
        "Use": ["CI", "Configuration", "Fix", "URLs", "Hook", "Clients", "Cluster", "Reports", "ExitStatus"],
        "Look up": ["MetaErrors", "Codes/README", "Policies", "Providers", "Comparison"],
    },
    "Codes/README": {"Codes": sorted(f"Codes/{page.stem}" for page in (FOLDER / "Codes").glob("[!R]*.md"))},
}


def with_menu(name, text):
    """A page with its part of the menu, which GitHub would show as code."""
    for caption, pages in MENU.get(name, {}).items():
        if caption == "Look up" and tags.has("swift"):  # noqa: F821, Sphinx defines tags
            pages = [*pages, f"Swift library <{html_baseurl}swift/documentation/>"]
        entries = "\n".join(page if "<" in page else f"/{page}" for page in pages)
        text += f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{entries}\n```\n"
    return text


def with_links_outside(name, text):
    """A page whose links to files that are not pages lead to the repository."""

    def link(match):
        target = (FOLDER / name).parent.joinpath(match[1]).resolve()
        if target.is_relative_to(FOLDER) or not target.exists():
            return match[0]  # Sphinx reports what leads nowhere.
        kind = "tree" if target.is_dir() else "blob"
        return f"]({REPOSITORY}/{kind}/main/{target.relative_to(ROOT)}{match[2]})"

    return re.sub(r"\]\((\.\./[^)#]+)((?:#[^)]*)?)\)", link, text)


def with_numbers(name, text):
    """The page of Meta's errors with its numbers in the index. The search finds no other numbers."""
    if name != "MetaErrors":
        return text
    numbers = sorted(set(re.findall(r"^(?:# .*|\| )\b(\d{3,})\b", text, re.M)))
    return text + "".join(f"\n```{{index}} {number}\n```\n" for number in numbers)


def read(app, name, source):
    source[0] = with_numbers(name, with_menu(name, with_links_outside(name, source[0])))


def name_index(app, error):
    """A folder's page is README on GitHub, and index on the web."""
    if error is None:
        for page in Path(app.outdir).rglob("README.html"):
            shutil.copy(page, page.with_name("index.html"))


def setup(app):
    app.connect("source-read", read)
    app.connect("build-finished", name_index)
