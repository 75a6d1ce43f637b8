"""Explanations of faults: sentences that read right, whatever the numbers."""

from __future__ import annotations

import re

import pytest

from vm.faults import Fault
from vm.xqvm.faults import FAULTS, report

WORDS = {"domain": "Binary", "what": "indices", "other": "coeffs", "expected": "int", "got": "model"}


@pytest.mark.parametrize("number", [0, 1, -1, 2, 1_234_567])
@pytest.mark.parametrize("identity", FAULTS)
def test_numbers_agree_with_their_nouns_and_are_grouped(identity: str, number: int) -> None:
    fields = FAULTS[identity].fields
    told = report(Fault(identity, **{name: WORDS.get(name, number) for name in fields}), 0)
    assert not re.search(r"(?<![-\d,])1 (?!(is|holds)\b)(?:output )?[a-z]+s\b", told.explanation), told.explanation
    assert not re.search(r"\bare 1\b|(?<![-\d,])1 (\w+ )?are\b", told.explanation)
    assert not re.search(r"\d{4}", told.explanation)
    assert "," not in told.message.replace(", ", ""), "messages are those of the release"


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("IndexOutOfBounds", index=1, len=1), "Index 1 is out of range for 1 element; "),
        (Fault("IndexOutOfBounds", index=-1, len=2000), "Index -1 is out of range for 2,000 elements; "),
        (Fault("CallDataIndex", index=1, len=1), "the host supplied 1 slot, "),
        (Fault("OutputIndex", index=16, len=16), "the host provides 16 output slots, "),
        (Fault("StepLimitExceeded", requested=1, used=0, limit=1000), "Steps used: 0 of 1,000; needed now: 1 more."),
        (Fault("MemoryLimitExceeded", requested=1, used=0, limit=0), "Bytes charged: 0 of 0; needed now: 1 more."),
        (Fault("InvalidGridDimensions", rows=1, cols=-4), "A grid of 1 row and -4 columns "),
    ],
)
def test_explanations(fault: Fault, says: str) -> None:
    assert says in report(fault, 0).explanation
