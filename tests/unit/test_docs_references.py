"""Pages of the documentation that code and other pages speak of are there."""

import re
from pathlib import Path

from bienrecu.processes.commands import commands

ROOT = Path(__file__).parents[2]
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
_COMMAND = re.compile(r"(?:`|^|\$ )bienrecu ([a-z][a-z-]+)([^`\n#]*)", re.MULTILINE)
_PAGE = re.compile(r"\bdocs/[\w/-]+\.md\b")


def test_no_page_that_is_spoken_of_is_missing() -> None:
    read = [
        file for part in ("bienrecu", "tests", "benchmarks", "tools", "docs") for file in (ROOT / part).rglob("*.*")
    ]
    texts = [file.read_text("utf-8") for file in read if file.suffix in (".py", ".md", ".html", ".toml")]
    named = {name for text in texts for name in _PAGE.findall(text)}
    assert len(named) > 10
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_every_page_and_decision_is_in_the_index_and_every_link_leads_somewhere() -> None:
    docs = ROOT / "docs"
    index = set(_LINK.findall((docs / "README.md").read_text("utf-8")))
    pages = {str(page.relative_to(docs)) for page in docs.rglob("*.md")} - {"README.md"}
    assert len(pages) > 30
    assert pages - index == set(), "docs/README.md is to name them"
    for page in [*docs.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]:
        leads_to = _LINK.findall(page.read_text("utf-8"))
        assert [link for link in leads_to if not (page.parent / link).exists()] == [], page


def test_every_room_of_the_house_is_described_and_none_that_is_not_there() -> None:
    described = re.findall(r"^\| `(\w+)` \|", _section("The house"), re.MULTILINE)
    assert sorted(described) == sorted(room.parent.name for room in (ROOT / "bienrecu").glob("*/__init__.py"))


def test_every_command_that_is_named_exists_with_its_options() -> None:
    texts = [page.read_text("utf-8") for page in [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]]
    typed = {line for text in texts for line in _COMMAND.findall(text.replace("\\\n", " "))}
    assert len(typed) > 20
    for name, options in typed:
        assert name in commands.commands, name
        known = {option for param in commands.commands[name].params for option in param.opts}
        assert set(re.findall(r"--[a-z-]+", options)) <= known, (name, options)


def test_every_target_of_make_that_is_named_exists() -> None:
    texts = [page.read_text("utf-8") for page in [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]]
    named = {name for text in texts for name in re.findall(r"(?:`|^|\| )make ([a-z]+)\b", text, re.MULTILINE)}
    assert {"demo", "test", "install"} <= named
    assert named - set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)) == set()


def _section(title: str) -> str:
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]
