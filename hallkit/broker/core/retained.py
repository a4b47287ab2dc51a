"""The last retained message of each topic."""

from hallkit.codecs.mqtt import Publish, matches


class Retained:
    """At most `most` topics; an empty message clears its topic."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._messages: dict[str, Publish] = {}

    def keep(self, message: Publish) -> bool:
        """Remember `message` in place of the topic's last; return False if there is no room for another topic."""
        if not message.payload:
            self._messages.pop(message.topic, None)
            return True
        if message.topic not in self._messages and len(self._messages) >= self._most:
            return False
        self._messages[message.topic] = Publish(message.topic, message.payload, message.qos, retain=True)
        return True

    def matching(self, wanted: str) -> list[Publish]:
        """Return the retained messages under filter `wanted`."""
        if "+" not in wanted and "#" not in wanted:
            return [self._messages[wanted]] if wanted in self._messages else []
        return [message for topic, message in self._messages.items() if matches(wanted, topic)]
