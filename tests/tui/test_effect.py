"""The line that tells what an instruction did."""

from __future__ import annotations

from tests.support.effects import MadeWhenAsked
from vm.contract import Effect, Place, Write
from xqdbg.tui.effect import HEAD_WRITES, effect_text


def test_lasting_writes_come_first_and_the_rest_is_counted() -> None:
    gone = [Write(Place("stack", ((at,),)), at, None) for at in (1, 0)]
    stays = [Write(Place("r0", ("linear", (at,))), 0, at + 5) for at in range(2)]
    text = effect_text(Effect(0, 0, "ADD", (), (*gone, *stays), ())).plain
    assert text == "ADD  r0.linear[0] 0 → 5  r0.linear[1] 0 → 6  stack[1] 1 → –  and 1 more"


def test_of_very_many_writes_a_few_are_made() -> None:
    gone = [Write(Place("stack", ((at,),)), at, None) for at in (1, 0)]
    writes = MadeWhenAsked([*gone, *[Write(Place("r0", ("linear", (7,))), 0, 50)] * 500_000])
    text = effect_text(Effect(0, 0, "ONEHOT", (), writes, ())).plain
    assert text == "ONEHOT" + "  r0.linear[7] 0 → 50" * 3 + "  and 499,999 more"
    assert writes.made <= HEAD_WRITES


def test_texts_are_told_in_the_words_of_the_machine() -> None:
    writes = (
        Write(Place("r1"), "B", True),
        Write(Place("r2"), 1.5, "x" * 100),
        Write(Place("r3"), (1, 2), "a\x1b[31m"),
    )
    text = effect_text(Effect(0, 0, "move", (), writes, ())).plain
    assert text.startswith('move  r1 "B" → true  r2 1.5 → "xxxx') and text.count("x") < 30
    assert "r3 … → " in text and "\x1b" not in text
