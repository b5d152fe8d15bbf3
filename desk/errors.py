"""What can go wrong with a delivery, and what follows from it.

DeliveryError
├── Rejected          final: the agent sees why
│   ├── WindowClosed  final for a free text: it is kept as a draft, a template may be sent
│   └── FileRefused   final for a file: whoever sent it is told too
├── Unavailable       not done: tried again, later each time
│   ├── RateLimited   not done: the gate is closed until the provider's time
│   └── ChannelStopped  not done: an operator has to mend the channel first
├── Uncertain         may have been done: a copy for staff is sent again, an answer is not
│   └── Mistaken      as above, by a fault of our own: a copy is given up after a few tries
└── AddressChanged    not done: the place is another one now
    ├── TopicGone     the topic was deleted: it is opened again
    └── GroupMoved    the staff group became a supergroup: it is followed

NotSettledYetError    no delivery's: an update speaks of a message that is still being sent
"""


class NotSettledYetError(Exception):
    """An update speaks of a message whose sending is not settled yet: it is to be handled later."""


class DeliveryError(Exception):
    """A delivery that did not simply succeed; its text is fit for an agent's eyes."""


class Rejected(DeliveryError):  # noqa: N818 the consequence is the name
    """The provider refused for good."""


class WindowClosed(Rejected):
    """The customer has not written for so long that only templates may be sent to them."""


class FileRefused(Rejected):
    """A file that cannot be had, or that is not taken where it should go."""


class Unavailable(DeliveryError):  # noqa: N818 the consequence is the name
    """The provider did not do it this time; `after` seconds at the least before the next try."""

    def __init__(self, reason: str, *, retry_after: float = 0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class RateLimited(Unavailable):
    """The provider asked for a pause of `after` seconds: in this chat, or `everywhere`."""

    def __init__(self, reason: str, *, retry_after: float = 0, everywhere: bool = False) -> None:
        super().__init__(reason, retry_after=retry_after)
        self.everywhere = everywhere


class ChannelStopped(Unavailable):
    """The provider serves this bot or number no more until an operator has mended something."""

    def __init__(self, reason: str, *, retry_after: float = 60.0) -> None:
        super().__init__(reason, retry_after=retry_after)


class Uncertain(DeliveryError):  # noqa: N818 the consequence is the name
    """The request was written and no answer came: nobody knows whether it was done."""


class InternalError(Uncertain):
    """Our own program failed, before or after the request: nobody knows whether it was done."""


class AddressChanged(DeliveryError):  # noqa: N818 the consequence is the name
    """What stands at this address is gone or moved; the delivery itself is still to be made."""


class TopicGone(AddressChanged):
    """The conversation's topic was deleted."""


class GroupMoved(AddressChanged):
    """The staff group has a new id."""

    def __init__(self, new_chat: str) -> None:
        super().__init__(f"the staff group is now {new_chat}")
        self.new_chat = new_chat
