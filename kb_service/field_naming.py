"""What people call the fields of a step, of a ticket's as of an article's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldNaming:
    """``general`` has the name of each field; ``particular``, by step and field, another one where a step means
    something more particular by it."""

    general: Mapping[str, str]
    particular: Mapping[tuple[str, str], str]

    def name(self, action: str, field: str) -> str:
        """
        Raises:
            KeyError: the field has no name.
        """
        return self.particular.get((action, field)) or self.general[field]

    def name_all(self, action: str, fields: Iterable[str]) -> dict[str, str]:
        """By field, in order; a field that has no name is called as it is."""
        return {field: self.particular.get((action, field)) or self.general.get(field, field) for field in fields}
