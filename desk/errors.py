"""Errors of a delivery, and what follows from each.

DeliveryError
├── Rejected            final: the agent sees why
│   ├── NotWanted       final for a broadcast: the customer or staff stopped it meanwhile
│   ├── WindowClosed    final for a free-form text: it becomes a draft, a template may be sent
│   └── FileRefused     final for a file: its sender is told too
├── Unavailable         not done: tried again, later each time
│   ├── RateLimited     not done: the rate-limit key is closed until the provider's time
│   └── ChannelStopped  not done: an operator has to repair the channel first
├── OwnChatClosed       not done: an agent's own chat cannot be used; their sessions go to the queue
├── Uncertain           may have been done: a copy for staff is sent again, a reply is not
│   └── InternalError   the same, by an error of our own: a copy is given up after a few tries
└── AddressChanged      not done: the address has changed
    ├── TopicGone       the topic was deleted: it is opened again
    ├── NoTopics        the chat has no topics: its sessions go on in the chat itself
    └── GroupMoved      the staff group became a supergroup: its new id is used

NotSettledYetError    not of a delivery: an update refers to a message that is still being sent
"""


class NotSettledYetError(Exception):
    """An update refers to a message whose sending is not settled yet: handle it later."""


class DeliveryError(Exception):
    """A delivery that did not simply succeed; the text is in words for an agent."""


class Rejected(DeliveryError):  # noqa: N818 the consequence is the name
    """The provider refused for good."""


class WindowClosed(Rejected):
    """The customer's last message is so old that only templates may be sent."""


class NotWanted(Rejected):
    """A broadcast is not wanted any more; `reason` is the code of why."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the broadcast was not sent: {reason}")
        self.reason = reason


class FileRefused(Rejected):
    """A file that cannot be fetched, or that its destination does not accept."""


class FileNotReplaced(Rejected):
    """The file of a sent message cannot be replaced; `can_resend`: a new message can carry it."""

    def __init__(self, reason: str, *, can_resend: bool) -> None:
        super().__init__(reason)
        self.can_resend = can_resend


class Unavailable(DeliveryError):  # noqa: N818 the consequence is the name
    """The provider did not do it this time; wait at least `retry_after` seconds."""

    def __init__(self, reason: str, *, retry_after: float = 0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class RateLimited(Unavailable):
    """The provider asked for a pause of `retry_after` seconds: in this chat, or `everywhere`."""

    def __init__(self, reason: str, *, retry_after: float = 0, everywhere: bool = False) -> None:
        super().__init__(reason, retry_after=retry_after)
        self.everywhere = everywhere


class ChannelStopped(Unavailable):
    """The provider does not serve this bot or number until an operator has repaired something."""

    def __init__(self, reason: str, *, retry_after: float = 60.0) -> None:
        super().__init__(reason, retry_after=retry_after)


class OwnChatClosed(DeliveryError):  # noqa: N818 the consequence is the name
    """An agent has not started the staff bot, or has blocked it."""


class Uncertain(DeliveryError):  # noqa: N818 the consequence is the name
    """The request was sent and no answer came, so it may have been done or not."""


class InternalError(Uncertain):
    """Our own program failed, before or after the request, so it may have been done or not."""


class AddressChanged(DeliveryError):  # noqa: N818 the consequence is the name
    """The address is gone or has moved; the delivery itself is still to be made."""


class TopicGone(AddressChanged):
    """The conversation's topic was deleted."""


class NoTopics(AddressChanged):
    """Topics are switched off in the chat, or for the bot whose chat it is."""


class GroupMoved(AddressChanged):
    """The staff group has a new id."""

    def __init__(self, new_chat: str) -> None:
        super().__init__(f"the staff group is now {new_chat}")
        self.new_chat = new_chat
