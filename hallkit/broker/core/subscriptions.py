"""Which sessions hear a topic: a tree of filter levels."""

from collections.abc import Mapping
from typing import Final

from hallkit.broker.core.session import Session

_REMEMBERED: Final = 8_192


class _Node:
    __slots__ = ("children", "holders")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.holders: dict[Session, int] = {}


class Subscriptions:
    """All subscriptions of a broker; answers are remembered until a subscription changes."""

    def __init__(self) -> None:
        self._root = _Node()
        self._answers: dict[str, Mapping[Session, int]] = {}

    def add(self, wanted: str, session: Session, qos: int) -> None:
        """Let `session` hear filter `wanted` at `qos`, in place of an equal subscription."""
        node = self._root
        for level in wanted.split("/"):
            node = node.children.setdefault(level, _Node())
        node.holders[session] = qos
        self._answers.clear()

    def remove(self, wanted: str, session: Session) -> None:
        """Forget that subscription, and the branches only it needed."""
        path, node = [], self._root
        for level in wanted.split("/"):
            if level not in node.children:
                return
            path.append((node, level))
            node = node.children[level]
        node.holders.pop(session, None)
        for parent, level in reversed(path):
            child = parent.children[level]
            if child.children or child.holders:
                break
            del parent.children[level]
        self._answers.clear()

    def hearing(self, topic: str) -> Mapping[Session, int]:
        """Return each session that hears `topic` once, with its highest QoS over overlapping filters."""
        if (answer := self._answers.get(topic)) is None:
            answer = self._find(topic)
            if len(self._answers) >= _REMEMBERED:
                self._answers.clear()
            self._answers[topic] = answer
        return answer

    def _find(self, topic: str) -> dict[Session, int]:
        nodes, found = [self._root], list[_Node]()
        wildcards = not topic.startswith("$")
        for level in topic.split("/"):
            below = list[_Node]()
            for node in nodes:
                names = (level, "+") if wildcards else (level,)
                below += [node.children[name] for name in names if name in node.children]
                if wildcards and "#" in node.children:
                    found.append(node.children["#"])
            nodes, wildcards = below, True
        for node in nodes:
            found += [node, *(child for name, child in node.children.items() if name == "#")]
        answer: dict[Session, int] = {}
        for node in found:
            for session, qos in node.holders.items():
                answer[session] = max(qos, answer.get(session, 0))
        return answer
