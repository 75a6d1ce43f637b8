"""One trap of many probes, which tells which of them were met."""

from __future__ import annotations

from collections.abc import Sequence

from vm.contract import Machine
from xqdbg.probe import Probe
from xqdbg.trap import Test, Trap


class _Fired:
    """Asks the breakpoints at one tick, and remembers which of them were met."""

    def __init__(self, probes: Sequence[tuple[int, Probe]]) -> None:
        self._probes = probes
        self._table: dict[int, list[tuple[int, Probe]]] = {}
        for number, probe in probes:
            for pc in () if probe.everywhere else probe.pcs:
                self._table.setdefault(pc, []).append((number, probe))
        self._always = [(number, probe) for number, probe in probes if probe.everywhere]
        self._tick = self._timed_tick = -1
        self._met: tuple[int, ...] = ()
        self._timed: tuple[int, ...] = ()

    def arm(self, machine: Machine) -> None:
        """Begin here."""
        self._tick = self._timed_tick = -1
        for _, probe in self._probes:
            if probe.arm is not None:
                probe.arm(machine)

    def test(self, machine: Machine) -> bool:
        """Is any of them met here?"""
        asked = self._table.get(machine.pc, ())
        met = [number for number, probe in asked if probe.test is None or probe.test(machine)]
        met += [number for number, probe in self._always if probe.test is None or probe.test(machine)]
        self._tick, self._met = machine.tick, tuple(met)
        return bool(met)

    def fired(self, machine: Machine) -> tuple[int, ...]:
        """Numbers of those that are met here; asks them if nobody has."""
        if self._tick != machine.tick:
            self.test(machine)
        return tuple(sorted({*self._met, *self._moments(machine)}))

    def moment(self, machine: Machine) -> bool:
        """Is one of the moments that are waited for here?"""
        return bool(self._moments(machine))

    def _moments(self, machine: Machine) -> tuple[int, ...]:
        """Numbers of those that wait for this tick and are met; asked once, for a logpoint tells when it is asked."""
        if self._timed_tick != machine.tick:
            timed = [(number, probe) for number, probe in self._probes if machine.tick in probe.ticks]
            met = tuple(number for number, probe in timed if probe.test is None or probe.test(machine))
            self._timed_tick, self._timed = machine.tick, met
        return self._timed


def composed(probes: Sequence[tuple[int, Probe]], depth: int = -1) -> Trap:
    """One trap of many probes and a depth."""
    asks = _Fired(probes)
    pcs = frozenset[int]().union(*(probe.pcs for _, probe in probes))
    ticks = frozenset[int]().union(*(probe.ticks for _, probe in probes))
    everywhere = any(probe.everywhere for _, probe in probes)
    plain = not everywhere and all(probe.test is None or probe.ticks for _, probe in probes)
    only = _only(probes) if depth < 0 and not ticks else None
    test = None if plain else only or asks.test
    return Trap(pcs, depth, test, ticks, asks.arm, fired=asks.fired, moment=asks.moment, everywhere=everywhere)


def _only(probes: Sequence[tuple[int, Probe]]) -> Test | None:
    """The test itself where there is only one, and asking it twice does no harm."""
    if len(probes) != 1:
        return None
    _, probe = probes[0]
    return probe.test if probe.arm is None and not probe.everywhere else None
