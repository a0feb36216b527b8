"""Parses every report of a folder of hostile names with an independent parser.

    formats.py FOLDER REPORTS SARIF-SCHEMA [JUNIT-XSD]
"""
import collections
import html5lib
import json
import jsonschema
import junitparser
import os
import re
import sys
import unicodedata
import urllib.parse
import xml.etree.ElementTree as ElementTree
from markdown_it import MarkdownIt

folder, reports, schema = os.fsencode(sys.argv[1]), sys.argv[2], sys.argv[3]
files = {os.path.relpath(os.path.join(at, name), folder) for at, _, names in os.walk(folder) for name in names}
DIRECTION = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def text(name):
    with open(os.path.join(reports, name), encoding="utf-8", errors="strict", newline="") as file:
        return file.read()


def shown(name: bytes) -> str:
    """The name as human-readable reports show it."""
    def plain(c):
        return unicodedata.category(c) not in ("Cc", "Zl", "Zp") and c not in DIRECTION and c not in "\ufffe\uffff"

    try:
        decoded = name.decode()
        if all(map(plain, decoded)) and not re.search(r"\\x[0-9a-f]{2}", decoded):
            return decoded
    except UnicodeDecodeError:
        pass
    # surrogateescape decodes each invalid byte as one surrogate.
    return "".join(
        c if plain(c) and c != "\\" and not "\ud800" <= c <= "\udfff"
        else "".join(f"\\x{b:02x}" for b in c.encode("utf-8", "surrogateescape"))
        for c in name.decode("utf-8", "surrogateescape"))


def path(result) -> bytes:
    return bytes.fromhex(result["pathBytes"]) if "pathBytes" in result else result["path"].encode()


names = {shown(name): name for name in files}
assert len(names) == len(files), "two names look the same"
machine = {}
for name in files:
    try:
        machine[name.decode()] = name
    except UnicodeDecodeError:
        machine[shown(name)] = name

# ndjson and json
results = [json.loads(line) for line in text("ndjson").split("\n")[:-1]]
assert {path(result) for result in results} == files and len(results) == len(files)
document = json.loads(text("json"))
assert document["results"] == results and document["summary"]["checked"] == len(files)
findings = [(path(result), finding) for result in results for finding in result["findings"]]
rejected = {path(result) for result in results if result["verdict"] == "rejected"}
assert findings and rejected and rejected != files
print(f"json, ndjson: {len(results)} results, {len(findings)} findings")

# sarif
sarif = json.loads(text("sarif"))
jsonschema.Draft4Validator(json.load(open(schema))).validate(sarif)
run = sarif["runs"][0]
assert len(run["results"]) == min(len(findings), 25_000)
rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
for result in run["results"]:
    location = result["locations"][0]["physicalLocation"]
    uri = location["artifactLocation"]["uri"]
    assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri), uri
    assert urllib.parse.unquote_to_bytes(uri) in files
    assert run["artifacts"][location["artifactLocation"]["index"]]["location"]["uri"] == uri
    assert location["region"]["startLine"] == 1 and rules[result["ruleIndex"]] == result["ruleId"]
    assert result["level"] in ("error", "warning", "note") and "](" not in result["message"]["text"].replace("\\](", "")
marks = collections.Counter(result["partialFingerprints"]["preflight/v1"] for result in run["results"])
assert marks.most_common(1)[0][1] == 1
print(f"sarif: {len(run['results'])} results, schema holds")

# junit
if len(sys.argv) > 4:
    import xmlschema
    xmlschema.XMLSchema(sys.argv[4]).validate(os.path.join(reports, "junit"))
cases = [case for suite in junitparser.JUnitXml.fromfile(os.path.join(reports, "junit")) for case in suite]
assert {case.name for case in cases} == set(names) and len({(case.classname, case.name) for case in cases}) == len(cases)
by_name = {path(result): result for result in results}
for case in cases:
    expected = by_name[names[case.name]]
    assert bool(case.result) == (expected["verdict"] == "rejected")
    words = "".join(part.text for part in case.result) + (case.system_out or "")
    assert all(f"[{finding['code']}]" in words for finding in expected["findings"])
print(f"junit: {len(cases)} cases")

# github
levels, lines = collections.Counter(), text("github").split("\n")[:-1]
command = re.compile(r"::(error|warning|notice) file=([^:,\r\n]+),line=1,title=([a-z-]+)::([^\r\n]*)")


def unescaped(value):
    return value.replace("%2C", ",").replace("%3A", ":").replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


ranks = []
for line in lines:
    match = command.fullmatch(line)
    if match:
        levels[match[1]] += 1
        ranks.append(["error", "warning", "notice"].index(match[1]))
        own = unescaped(match[2])
        assert own in machine or any(c in own for c in "\\"), own
        assert not re.search("%(?!25|0A|0D)", match[4])
    else:
        assert not line.strip().startswith("::") and "##[" not in line, line
    assert not any(unicodedata.category(c) == "Cc" for c in line)
assert ranks == sorted(ranks) and all(count <= 10 for count in levels.values())
print(f"github: {dict(levels)}, {len(lines)} lines")

# gitlab
quality = json.loads(text("gitlab"))
jsonschema.validate(quality, {
    "type": "array", "items": {
        "type": "object", "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1}, "check_name": {"type": "string"},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object", "required": ["path", "lines"], "properties": {
                    "path": {"type": "string"},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"const": 1}}}}}}}})
assert len(quality) == len(findings) == len({issue["fingerprint"] for issue in quality})
assert [machine[issue["location"]["path"]] for issue in quality] == [name for name, _ in findings]
assert all(issue["description"].startswith(issue["check_name"] + ": ") for issue in quality)
print(f"gitlab: {len(quality)} issues")

# checkstyle
checkstyle = ElementTree.parse(os.path.join(reports, "checkstyle")).getroot()
reported = [(names[file.get("name")], error.get("source")) for file in checkstyle for error in file]
assert reported == [(name, "preflight." + finding["code"]) for name, finding in findings]
assert all(set(error.keys()) == {"line", "column", "severity", "message", "source"} for file in checkstyle for error in file)
print(f"checkstyle: {len(reported)} errors")

# markdown, as a comment and as a step summary
for report, limit in (("markdown", 65_536), ("step-summary", 1 << 20)):
    source = text(report)
    assert len(source.encode()) <= limit
    assert not any(unicodedata.category(c) == "Cc" and c != "\n" or c in DIRECTION for c in source)
    seen = 0
    tokens = MarkdownIt("gfm-like").parse(source)
    for index, token in enumerate(tokens):
        if token.type == "html_block":
            assert re.fullmatch(r"<details><summary>\d+ files? ha(ve|s) only warnings or notes</summary>\n|</details>\n", token.content), token.content
        assert token.type in {
            "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "html_block",
            "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"}, token.type
        for child in token.children or []:
            assert child.type in {"text", "code_inline", "strong_open", "strong_close", "html_inline", "text_special"}, child
            assert child.type != "html_inline" or child.content == "<!-- -->", child.content
            if child.type == "text":
                assert not re.search(r"[@#]\w", child.content), child.content
        if token.type == "inline" and tokens[index - 2].type == "list_item_open" and tokens[index - 2].level == 1:
            # The bracket of a runner's command is written otherwise.
            own = next(child for child in token.children if child.type == "code_inline").content.replace("\\x5b", "[")
            assert own in names, own
            seen += 1
    hidden_count = sum(int(count) for count in re.findall(r"^…and (\d+) more", source, re.M))
    assert seen + hidden_count == len({name for name, _ in findings}), (seen, hidden_count)
    print(f"{report}: {len(source.encode())} bytes, {seen} entries")

# html
page = html5lib.parse(text("html"), namespaceHTMLElements=False)
articles = page.findall(".//article")
assert {"".join(article.find(".//h2").itertext()) for article in articles} == set(names)
assert len(page.findall(".//script")) == 1 and not page.findall(".//svg") and not page.findall(".//iframe")
for element in page.iter():
    if isinstance(element.tag, str):
        assert not any(key.startswith("on") or key == "style" for key in element.keys()), element.attrib
        assert element.tag != "img" or element.get("src").startswith("data:image/")
        assert element.tag != "a" or element.get("href").startswith("#code-")
print(f"html: {len(articles)} files, {len(text('html'))} characters")

# human
human = text("human")
lines = human.split("\n")[:-1]
assert not any(unicodedata.category(c) == "Cc" and c != "\n" or c in DIRECTION or c in "\u2028\u2029" for c in human)
assert not any(line.strip().startswith("::") or "##[" in line for line in lines)
assert len([line for line in lines if not line.startswith("  ") or line.lstrip(" ")[0] in "0123456789"]) >= len(files)
# The counts of the codes follow, and how many files can be fixed.
summary = rf"{len(files)} files checked: \d+ accepted, {len(rejected)} rejected, \d+ warnings\."
assert any(re.fullmatch(summary, line) for line in lines[-5:]), lines[-5:]
print(f"human: {len(lines)} lines")
