"""A region as an LLVM function.

It takes the shared memory and the number of the entry to begin at, and returns 0 where other compiled code may go on,
1 where the interpreter must. Registers are variables in between. A block is paid for when it is entered; what leaves in
its middle gives back what was not executed.
"""

from __future__ import annotations

from vm.isa import Flow
from vm.pvm.blocks import Step
from vm.pvm.isa import REGISTERS
from vm.pvm.native import layout
from vm.pvm.native.accessing import access, is_access
from vm.pvm.native.lowering import INTRINSICS, LOWERINGS, condition
from vm.pvm.native.region import Block, Region, target_of
from vm.pvm.native.text import LIKELY, METADATA, OWN, UNLIKELY, Text
from vm.pvm.numbers import ONES32

NAME = "region"
ONWARD, INTERPRET = 0, 1
"""What it returns."""


def written(region: Region) -> str:
    """The text of a module with the function of a region."""
    return _Emitter(region).module()


class _Emitter:
    def __init__(self, region: Region) -> None:
        self._region = region
        self._text = Text()
        self._stubs: dict[tuple[int, int, int], str] = {}
        """What leaves the function: labels by address, instructions to give back, and what is returned."""

    def module(self) -> str:
        self._head()
        for block in self._region.blocks.values():
            self._block(block)
        self._landing()
        self._tail()
        body = "\n".join(self._text.lines)
        return f"{INTRINSICS}\ndefine dso_local i32 @{NAME}(ptr %s, i32 %entry) {{\n{body}\n}}\n{METADATA}"

    def _head(self) -> None:
        text = self._text
        text.label("start")
        for register in range(len(REGISTERS)):
            text.say(f"%r{register} = alloca i64")
        for name in ("room", "pc", "number", "code"):
            text.say(f"%{name} = alloca i32")
        for register in range(len(REGISTERS)):
            text.write(register, text.fetch("i64", layout.REGISTERS + 8 * register))
        text.say(f"store i32 {text.fetch('i32', layout.ROOM)}, ptr %room")
        text.say("store i32 %entry, ptr %number")
        text.say("br label %dispatch")
        text.label("dispatch")
        number = text.let("load i32, ptr %number")
        cases = " ".join(f"i32 {at}, label %b{pc}" for at, pc in enumerate(self._region.entries))
        text.say(f"switch i32 {number}, label %lost [ {cases} ]")
        text.label("lost")
        text.say(f"store i32 {text.fetch('i32', layout.PC)}, ptr %pc")
        text.say(f"store i32 {INTERPRET}, ptr %code")
        text.say("br label %leave")

    def _tail(self) -> None:
        text = self._text
        for (pc, unused, code), label in self._stubs.items():
            text.label(label)
            text.say(f"store i32 {pc}, ptr %pc")
            text.say(f"store i32 {code}, ptr %code")
            if unused:
                left = text.let(f"add i32 {text.let('load i32, ptr %room')}, {unused}")
                text.say(f"store i32 {left}, ptr %room")
            text.say("br label %leave")
        text.label("leave")
        for register in range(len(REGISTERS)):
            text.say(f"store i64 {text.read(register)}, ptr {text.field(layout.REGISTERS + 8 * register)}, {OWN}")
        for name, at in (("room", layout.ROOM), ("pc", layout.PC)):
            value = text.let(f"load i32, ptr %{name}")
            text.say(f"store i32 {value}, ptr {text.field(at)}, {OWN}")
        text.say(f"ret i32 {text.let('load i32, ptr %code')}")

    def _stub(self, pc: int, unused: int, code: int) -> str:
        return self._stubs.setdefault((pc, unused, code), f"x{len(self._stubs)}")

    def _at(self, pc: int) -> str:
        """The label of where to go on at an address."""
        return f"b{pc}" if pc in self._region.blocks else self._stub(pc, 0, ONWARD)

    def _block(self, block: Block) -> None:
        text, length = self._text, len(block.steps)
        text.label(f"b{block.start}")
        cost = text.fetch("i32", layout.LENGTHS + 4 * block.start)
        left = text.let(f"sub i32 {text.let('load i32, ptr %room')}, {cost}")
        short = text.let(f"icmp slt i32 {left}, 0")
        paid = text.fresh("paid")
        text.say(f"br i1 {short}, label %{self._stub(block.start, 0, INTERPRET)}, label %{paid}, {UNLIKELY}")
        text.label(paid)
        text.say(f"store i32 {left}, ptr %room")
        for at, step in enumerate(block.steps):
            self._step(step, length - at)
        if not self._ends(block.last):
            text.say(f"br label %{self._at(block.last.next)}")

    @staticmethod
    def _ends(step: Step) -> bool:
        return step.op is not None and step.op.flow in (Flow.JUMP, Flow.BRANCH)

    def _step(self, step: Step, unused: int) -> None:
        """An instruction; so many of the block are not executed if it is not."""
        op, text = step.op, self._text
        if op is None:
            raise ValueError("no instruction")
        if op.flow is Flow.BRANCH:
            target = target_of(step)
            taken = self._at(target) if target >= 0 else self._stub(step.instruction.pc, unused, INTERPRET)
            due = condition(text, op.name, step.operands)
            text.say(f"br i1 {due}, label %{taken}, label %{self._at(step.next)}")
        elif op.flow is Flow.JUMP:
            (self._jump_by_table if op.name.endswith("_ind") else self._jump)(step, unused)
        elif is_access(op):
            access(text, op, step.operands, lambda: self._stub(step.instruction.pc, unused, INTERPRET))
        else:
            LOWERINGS[op.name](text, step.operands)

    def _jump(self, step: Step, unused: int) -> None:
        text, target = self._text, target_of(step)
        if target < 0:
            text.say(f"br label %{self._stub(step.instruction.pc, unused, INTERPRET)}")
            return
        if len(step.operands) > 1:
            text.write(step.operands["a"], str(step.operands["x"]))
        if step.links >= 0:
            stops = self._opened(step, str(target))
            text.say(f"br i1 {stops}, label %{self._stub(target, 0, INTERPRET)}, label %{self._at(target)}, {UNLIKELY}")
        else:
            text.say(f"br label %{self._at(target)}")

    def _opened(self, step: Step, target: str) -> str:
        """Tell that a call may have been opened; whether to stop behind it."""
        text = self._text
        function = text.fetch("ptr", layout.OPENED)
        back, sp = text.read(0), text.read(1)
        return text.let(
            f"call preserve_mostcc i1 {function}(ptr %s, i64 {back}, i64 {sp}, i32 {target}, i32 {step.links})"
        )

    def _jump_by_table(self, step: Step, unused: int) -> None:
        text, operands = self._text, step.operands
        base, offset = ("b", "y") if "b" in operands else ("a", "x")
        total = text.let(f"add i64 {text.read(operands[base])}, {operands[offset]}")
        address = text.let(f"and i64 {total}, {ONES32}")
        target = self._landing_of(address, self._stub(step.instruction.pc, unused, INTERPRET))
        if base == "b":
            text.write(operands["a"], str(operands["x"]))
        stops = self._closed(address)
        if step.links >= 0:
            stops = self._opened(step, target)
        text.say(f"store i32 {target}, ptr %pc")
        text.say(f"br i1 {stops}, label %stop, label %land, {UNLIKELY}")

    def _landing_of(self, address: str, astray: str) -> str:
        """The target of a dynamic jump; goes to a label if there is none (section 9)."""
        text = self._text
        half = text.let(f"lshr i64 {address}, 1")
        odd = text.let(f"trunc i64 {address} to i1")
        far = text.let(f"icmp ugt i64 {half}, {text.fetch('i64', layout.LANDING_COUNT)}")
        known = text.fresh("known")
        text.say(f"br i1 {text.let(f'or i1 {odd}, {far}')}, label %{astray}, label %{known}, {UNLIKELY}")
        text.label(known)
        table = text.fetch("ptr", layout.LANDINGS)
        target = text.let(f"load i32, ptr {text.let(f'getelementptr i32, ptr {table}, i64 {half}')}, {OWN}")
        valid = text.fresh("valid")
        missing = text.let(f"icmp slt i32 {target}, 0")
        text.say(f"br i1 {missing}, label %{astray}, label %{valid}, {UNLIKELY}")
        text.label(valid)
        return target

    def _closed(self, address: str) -> str:
        """Tell that calls may be closed, if any is open; whether to stop behind the jump."""
        text = self._text
        close, closed, before = text.fresh("close"), text.fresh("closed"), text.fresh("before")
        text.say(f"br label %{before}")
        text.label(before)
        none = text.let(f"icmp eq i32 {text.fetch('i32', layout.DEPTH)}, 0")
        text.say(f"br i1 {none}, label %{closed}, label %{close}")
        text.label(close)
        function = text.fetch("ptr", layout.CLOSED)
        found = text.let(f"call preserve_mostcc i1 {function}(ptr %s, i64 {address}, i64 {text.read(1)})")
        text.say(f"br label %{closed}")
        text.label(closed)
        return text.let(f"phi i1 [ false, %{before} ], [ {found}, %{close} ]")

    def _landing(self) -> None:
        """Where dynamic jumps come together: on in this function if the target can be entered here, else out of it."""
        text = self._text
        text.label("stop")
        text.say(f"store i32 {INTERPRET}, ptr %code")
        text.say("br label %leave")
        text.label("land")
        target = text.let(f"zext i32 {text.let('load i32, ptr %pc')} to i64")
        functions, numbers = text.fetch("ptr", layout.FUNCTIONS), text.fetch("ptr", layout.NUMBERS)
        function = text.let(f"load ptr, ptr {text.let(f'getelementptr ptr, ptr {functions}, i64 {target}')}, {OWN}")
        here = text.let(f"icmp eq ptr {function}, @{NAME}")
        text.say(f"br i1 {here}, label %again, label %onward, {LIKELY}")
        text.label("again")
        entry = text.let(f"getelementptr i32, ptr {numbers}, i64 {target}")
        text.say(f"store i32 {text.let(f'load i32, ptr {entry}, {OWN}')}, ptr %number")
        text.say("br label %dispatch")
        text.label("onward")
        text.say(f"store i32 {ONWARD}, ptr %code")
        text.say("br label %leave")
