"""What the documents name is in the tree."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "contract", "hallkit", "queue_caller", "display_controller", "mqtt_bridge", "intake_server", "simulators", "hall24",
    "kiosk",
)  # fmt: skip
NAMED = re.compile(r"`([^`]+)`")
FILE = re.compile(r"`((?:[a-z_0-9]+/)+[a-z_0-9.*]+(?:\.(?:py|md|toml|json|service))|(?:[a-z_0-9]+/)+)`")


@cache
def source() -> str:
    return "\n".join(path.read_text("utf-8") for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))


def glossary() -> list[str]:
    rows = [line.split(" | ") for line in (ROOT / "docs/glossary.md").read_text("utf-8").splitlines()]
    words = [word for row in rows for cell in row[1:3] for word in NAMED.findall(cell)]
    return sorted({word.rstrip("…").strip('"') for word in words})


def test_every_word_of_the_glossary_is_a_word_of_the_code() -> None:
    assert glossary()
    assert not [word for word in glossary() if not re.search(rf"\b{re.escape(word)}", source())]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
def test_every_file_a_document_names_is_there(name: str) -> None:
    files = FILE.findall((ROOT / name).read_text("utf-8"))

    assert not [file for file in files if not list(ROOT.glob(file))]


def test_both_readmes_show_the_same_commands_files_and_pictures() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))

    def facts(text: str) -> tuple[list[str], list[str], list[str]]:
        commands = [line.split("#")[0].strip() for line in text.splitlines() if line.startswith("    ")]
        pictures = [
            one.removesuffix("-en.png").removesuffix("-zh.png") for one in re.findall(r"\((docs/pic[^)]+)", text)
        ]
        return commands, pictures, sorted(set(FILE.findall(text)))

    assert facts(english) == facts(chinese)
    assert set(re.findall(r"\d{2,}", english)) == set(re.findall(r"\d{2,}", chinese))


@pytest.mark.parametrize("folder", ["docs/adr", "docs/protocols"])
def test_an_index_leads_to_every_page_beside_it(folder: str) -> None:
    index = (ROOT / folder / "README.md").read_text("utf-8")
    pages = sorted(path.name for path in (ROOT / folder).glob("*.md") if path.name != "README.md")

    assert not [page for page in pages if f"({page})" not in index]
