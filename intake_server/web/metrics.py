"""The centre's figures for Prometheus, in a registry of its own."""

from collections import Counter as Counted

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from contract.link import Presence
from intake_server.core.hall import Hall
from intake_server.core.report import Aside, Report


class Metrics:
    """Counts what commits did; gauges are read from the hall when somebody asks."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._rows = Counter("intake_rows", "Ledger rows committed.", ["kind"], registry=self._registry)
        self._repeated = Counter("intake_repeated", "Rows or batches that were known.", registry=self._registry)
        self._early = Counter("intake_early", "Batches ahead of the mark.", registry=self._registry)
        self._lost = Counter("intake_lost_rows", "Rows a hall store declared lost.", registry=self._registry)
        self._bad = Counter("intake_quarantined", "Messages that did not validate.", ["fault"], registry=self._registry)
        self._aside = Gauge("intake_quarantine", "What the quarantine holds, let go.", ["of"], registry=self._registry)
        self._conflicts = Counter("intake_conflicts", "Two facts under one number.", registry=self._registry)
        self._tickets = Gauge("intake_tickets", "Tickets by state.", ["state"], registry=self._registry)
        self._devices = Gauge("intake_devices_online", "Devices that answer.", ["kind"], registry=self._registry)
        self._length = Gauge("intake_ledger_length", "Rows of the ledger.", registry=self._registry)
        self._waiting = Gauge("intake_inbox", "Messages waiting for a commit.", registry=self._registry)

    def count(self, report: Report) -> None:
        """Add what a commit did."""
        for kind, rows in Counted(event.kind for event in report.events).items():
            self._rows.labels(kind.value).inc(rows)
        for fault, times in report.quarantined.items():
            self._bad.labels(fault).inc(times)
        if report.aside is not None:
            self.see(report.aside)
        self._repeated.inc(report.repeated)
        self._early.inc(report.early)
        self._lost.inc(report.lost)
        self._conflicts.inc(report.conflicts)

    def see(self, aside: Aside) -> None:
        """Note how the quarantine stands."""
        for name, value in aside._asdict().items():
            self._aside.labels(name).set(value)

    def exposition(self, hall: Hall, rows: int, inbox: int) -> bytes:
        """Return everything in Prometheus' text format."""
        for state, count in hall.tickets.counts().items():
            self._tickets.labels(state.value).set(count)
        self._devices.clear()
        for health in hall.devices.values():
            gauge = self._devices.labels(health.address.kind)
            gauge.inc(health.state.presence is Presence.ONLINE)
        self._length.set(rows)
        self._waiting.set(inbox)
        return generate_latest(self._registry)
