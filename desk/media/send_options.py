"""Decides as what a file goes to a channel, from what the file is and what the channel takes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from db.tables import MessageType
from desk.media.converter import Form
from desk.media.ports import Takes
from desk.media.probe import Facts

TakesOf = Callable[[MessageType], Takes | None]


@dataclass(frozen=True, slots=True)
class Way:
    """A way for a file to go: as this kind of message, made into another form first or as it is."""

    kind: MessageType
    form: Form | None = None


_K = MessageType
_FILM = Way(_K.VIDEO, Form.MP4)
_PICTURE = Way(_K.IMAGE, Form.PNG)
# How each kind may go, what keeps most of it first; the end of all is a document.
_WAYS = {
    _K.IMAGE: (Way(_K.IMAGE),),
    _K.VIDEO: (Way(_K.VIDEO), _FILM, Way(_K.AUDIO)),
    _K.ANIMATION: (Way(_K.ANIMATION), Way(_K.VIDEO), _FILM),
    _K.VIDEO_NOTE: (Way(_K.VIDEO), _FILM),
    _K.VOICE: (Way(_K.VOICE), Way(_K.VOICE, Form.OPUS), Way(_K.AUDIO)),
    _K.AUDIO: (Way(_K.AUDIO), Way(_K.VOICE), Way(_K.AUDIO, Form.M4A)),
    _K.STICKER: (Way(_K.STICKER), Way(_K.IMAGE), Way(_K.VIDEO), _PICTURE, _FILM),
}


def ways(kind: MessageType, facts: Facts, takes: TakesOf) -> Iterator[Way]:
    """Go through the ways that are open to a file, the best first.

    One with a `form` is open if the file can be made into that, which has to be tried.
    """
    for way in _WAYS.get(kind, ()):
        taken = takes(way.kind)
        if taken is None:
            continue
        if way.form is not None:
            if _may_become(way.form, facts):
                yield way
        elif fits(facts, taken):
            yield way
    document = takes(MessageType.FILE)
    if document is not None and facts.size <= document.most:
        yield Way(MessageType.FILE)


def fits(facts: Facts, takes: Takes) -> bool:
    """Tell whether a channel takes a file as it is."""
    if takes.types and not (facts.is_sure and facts.mime in takes.types):
        return False
    if takes.codecs and not (facts.codecs and facts.codecs <= takes.codecs):
        return False
    if takes.side is not None and (facts.width, facts.height) != (takes.side, takes.side):
        return False
    if facts.moves:
        return takes.most_moving is not None and facts.size <= takes.most_moving
    return facts.size <= takes.most


def _may_become(form: Form, facts: Facts) -> bool:
    """Tell whether it makes sense to have a file made into another form."""
    what = facts.mime.partition("/")[0]
    match form:
        case Form.PNG:
            return facts.is_sure and what == "image" and not facts.moves
        case Form.MP4:
            return facts.is_sure and (what == "video" or facts.mime == "image/gif")
        case Form.OPUS | Form.M4A:
            return facts.is_sure and (what == "audio" or _is_sound(facts))
    return False


def _is_sound(facts: Facts) -> bool:
    """Tell a container of films that may hold sound alone: some phones record so."""
    return facts.mime in {"video/mp4", "video/3gpp", "video/webm"}
