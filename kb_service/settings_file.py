"""Reads the YAML files that settings name: working hours and targets, obligations, connections."""

from collections.abc import Callable
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from kb_service.errors import ServiceError


def read_settings_file(
    source: Path | Traversable, variable: str, refuse: Callable[[str], ServiceError]
) -> dict[str, Any]:
    """What a file states, by name. Messages tell places, never values: some are secrets.

    Args:
        variable: the environment variable that names the file; messages lead back to it.
        refuse: makes the error of a message.

    Raises:
        ServiceError: the file cannot be read, is no YAML, or states something else than names and values.
    """
    try:
        stated = yaml.safe_load(source.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise refuse(f"{source}：第 {line} 行不是合法的 YAML") from None
    # PyYAML lets out what its own constructors trip over: KeyError, IndexError, AttributeError.
    except (OSError, ValueError, LookupError, AttributeError, RecursionError, yaml.YAMLError) as error:
        raise refuse(f"{source}：读不了（{type(error).__name__}）。请核对 {variable}") from None
    if not isinstance(stated, dict):
        raise refuse(f"{source}：应为“名称: 值”的 YAML，写法见 README 与 docs 中的 {variable}")
    return stated
