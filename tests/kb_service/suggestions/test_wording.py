"""What became of a solution is called alike by the service and by its pages."""

import re

from kb_service.suggestions.outcomes import Outcome
from kb_service.suggestions.wording import OUTCOME_NAMES
from tests.conftest import ROOT


def test_every_outcome_has_a_name_and_the_pages_say_the_same() -> None:
    assert set(OUTCOME_NAMES) == set(Outcome)
    script = (ROOT / "kb_service" / "web" / "static" / "outcomes.js").read_text(encoding="utf-8")
    told = dict(re.findall(r'^  (\w+): "([^"]+)",$', script, re.MULTILINE))
    # Being shown and opened is not said on the pages.
    untold = {Outcome.SHOWN, Outcome.OPENED}
    assert told == {outcome.value: name for outcome, name in OUTCOME_NAMES.items() if outcome not in untold}
