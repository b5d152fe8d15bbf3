"""Computes the verdict from what was sent, what was found, and when faults happened."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from scripts.chaos.evidence import Copy, Evidence
from scripts.chaos.message_log import MessageDirection, MessageLog, SentMessage
from scripts.chaos.plan import Provider

# How far an answer got; a failed one, or one refused without a template, may still have arrived.
_STATE_ORDER = ("sent", "failed", "held", "delivered", "read")


@dataclass(frozen=True, slots=True)
class UncertainPeriods:
    """The periods in which a sent copy may have become uncertain, as spans of Unix time."""

    spans: Sequence[tuple[float, float]] = ()

    def covers(self, at: float) -> bool:
        """Check whether a copy sent at `at` may have been sent again."""
        return any(began <= at <= ended for began, ended in self.spans)


@dataclass(slots=True)
class Tally:
    """The counts of one kind of channel."""

    sent: int = 0
    received: int = 0
    lost: int = 0
    doubled_to_customers: int = 0
    out_of_order: int = 0
    uncertain: int = 0
    refused: int = 0
    floods: int = 0


@dataclass(slots=True)
class Verdict:
    """The figures, and a sentence with ids for every violation."""

    sent: int = 0
    received: int = 0
    lost: int = 0
    doubled_to_customers: int = 0
    doubled_to_staff: int = 0
    unexplained_to_staff: int = 0
    out_of_order: int = 0
    uncertain: int = 0
    not_shown: int = 0
    refused: int = 0
    stale_edits: int = 0
    wrong_replies: int = 0
    parked: int = 0
    floods: int = 0
    skipped: int = 0
    # Uncertain sends that a WhatsApp delivery status resolved, before or after the agent was asked.
    by_receipt: int = 0
    # Answers whose state is not the highest reported; reactions that are not shown.
    wrong_states: int = 0
    wrong_reactions: int = 0
    # Notes of staff that a customer can see.
    leaks: int = 0
    # Texts to people who have written nothing.
    uninvited: int = 0
    # Messages over the customer limit, which the topic sums up.
    hidden: int = 0
    # Messages that WhatsApp itself delivered to us after later ones.
    told_late: int = 0
    # Answers that were refused, because the session had gone to another agent.
    moved: int = 0
    kinds: dict[Provider, Tally] = field(
        default_factory=lambda: {kind: Tally() for kind in Provider}
    )
    violations: list[str] = field(default_factory=list)
    # What is known of the messages in the violations, line by line.
    histories: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Check whether there are no violations."""
        return not self.violations


def judge_run(
    message_log: MessageLog,
    evidence: Evidence,
    uncertain_periods: UncertainPeriods,
    *,
    floods_are_ours: bool = False,
    sessions_move: bool = False,
) -> Verdict:
    """Compare what was sent with what was received and stored.

    `floods_are_ours`: no 429 was injected, so a number that sent too fast is a violation.
    `sessions_move`: each topic is looked at by itself, because staff sees a message in the topic
    of whoever answers.
    """
    verdict = Verdict(
        sent=len(message_log.messages),
        skipped=message_log.skipped,
        floods=sum(evidence.floods.values()),
        by_receipt=evidence.by_receipt,
    )
    doubtful = {row["token"] for row in evidence.uncertain}
    refused = {row["token"] for row in evidence.refused}
    for message in message_log.messages.values():
        copies = evidence.copies.get(message.token, [])
        if message.token in evidence.moved:
            _judge_moved(verdict, message, copies, evidence)
            continue
        tally = verdict.kinds[message.kind]
        tally.sent += 1
        tally.received += bool(copies)
        tally.uncertain += message.token in doubtful
        tally.refused += message.token in refused
        verdict.received += bool(copies)
        _judge_kept(verdict, message, evidence)
        verdict.hidden += message.token in evidence.hidden
        if not copies and message.token not in doubtful | refused | evidence.hidden:
            verdict.lost += 1
            tally.lost += 1
            verdict.violations.append(
                f"lost: {_describe(message)}; stored: {_describe_stored(message, evidence)}"
            )
        for together in _group_copies(copies, by_topic=sessions_move):
            if len(together) > 1:
                _judge_doubled(verdict, message, together, evidence, uncertain_periods)
        if copies and message.token not in doubtful:
            _judge_text(verdict, message, copies[-1], evidence)
            _judge_reply(verdict, message, copies[-1])
        _judge_state(verdict, message, evidence)
        if message.token not in doubtful:
            _judge_reaction(verdict, message, copies, evidence)
    _judge_order(verdict, message_log, evidence)
    _judge_rest(verdict, evidence)
    _judge_floods(verdict, evidence, floods_are_ours=floods_are_ours)
    return verdict


def _group_copies(copies: list[Copy], *, by_topic: bool) -> list[list[Copy]]:
    """Return the copies of which there may be one only."""
    if not by_topic:
        return [copies]
    groups: dict[object, list[Copy]] = {}
    for copy in copies:
        groups.setdefault(copy.topic, []).append(copy)
    return list(groups.values())


def _judge_moved(
    verdict: Verdict, message: SentMessage, copies: list[Copy], evidence: Evidence
) -> None:
    """Check that an answer of which the agent was told that it was not sent was not sent."""
    verdict.moved += 1
    if copies or evidence.kept.get(message.token):
        verdict.violations.append(f"refused, yet sent or stored: {_describe(message)}")


def _judge_kept(verdict: Verdict, message: SentMessage, evidence: Evidence) -> None:
    rows = evidence.kept.get(message.token, [])
    if len(rows) != 1:
        verdict.violations.append(f"in the database {len(rows)} times: {_describe(message)}")
    elif not message.matches(rows[0]["message"]):
        verdict.stale_edits += 1
        verdict.violations.append(f"stored as {rows[0]['message']!r}: {_describe(message)}")


def _judge_doubled(
    verdict: Verdict,
    message: SentMessage,
    copies: list[Copy],
    evidence: Evidence,
    uncertain_periods: UncertainPeriods,
) -> None:
    told = ", ".join(f"{copy.message_id} at {copy.at:.2f}" for copy in copies)
    if message.direction is MessageDirection.DOWN:
        verdict.doubled_to_customers += len(copies) - 1
        verdict.kinds[message.kind].doubled_to_customers += len(copies) - 1
        verdict.violations.append(f"doubled to the customer: {_describe(message)} as {told}")
        return
    verdict.doubled_to_staff += len(copies) - 1
    known = evidence.known_copies.get(message.token, set()) & {copy.message_id for copy in copies}
    if len(known) > 1 or not all(uncertain_periods.covers(copy.at) for copy in copies[:-1]):
        verdict.unexplained_to_staff += 1
        verdict.violations.append(
            f"doubled to staff without reason: {_describe(message)} as {told}, "
            f"known: {sorted(known)}"
        )


def _judge_text(verdict: Verdict, message: SentMessage, copy: Copy, evidence: Evidence) -> None:
    """Check that the last copy has the last text, unless it vanished with its topic."""
    if copy.text is None or message.matches(copy.text):
        return
    known = evidence.known_copies.get(message.token, set())
    if message.direction is MessageDirection.UP and copy.message_id not in known:
        return
    verdict.stale_edits += 1
    verdict.violations.append(f"shown as {copy.text!r} in {copy.message_id}: {_describe(message)}")


def _judge_reply(verdict: Verdict, message: SentMessage, copy: Copy) -> None:
    """Check that a reply answers the right message, or none if that message is gone."""
    if copy.reply_to_token not in {None, message.reply_to_token}:
        verdict.wrong_replies += 1
        verdict.violations.append(f"answers {copy.reply_to_token}: {_describe(message)}")


def _judge_state(verdict: Verdict, message: SentMessage, evidence: Evidence) -> None:
    """Check that an answer's state is the highest that was reported."""
    told, rows = evidence.states.get(message.token, ()), evidence.kept.get(message.token, [])
    if not told or len(rows) != 1:
        return
    highest, state = max(told, key=_STATE_ORDER.index), rows[0]["delivery_state"]
    if state != highest:
        verdict.wrong_states += 1
        ladder = ", ".join(told)
        verdict.violations.append(
            f"its state is {state}, but {ladder} was reported: {_describe(message)}"
        )


def _judge_reaction(
    verdict: Verdict, message: SentMessage, copies: list[Copy], evidence: Evidence
) -> None:
    """Check that the other side's reaction is shown, unless there are two copies."""
    shown = evidence.reactions.get(message.token)
    if message.reaction is None or shown is None or len(copies) != 1:
        return
    known = evidence.known_copies.get(message.token, set())
    if message.direction is MessageDirection.UP and copies[0].message_id not in known:
        return
    if shown != message.reaction:
        verdict.wrong_reactions += 1
        verdict.violations.append(
            f"reaction {shown!r}, not {message.reaction!r}: {_describe(message)}"
        )


def _judge_order(verdict: Verdict, message_log: MessageLog, evidence: Evidence) -> None:
    for direction in MessageDirection:
        for conversation in sorted(
            {message.conversation for message in message_log.list_sent(direction)}
        ):
            message = [
                each
                for each in message_log.list_sent(direction, conversation)
                if each.token in evidence.copies
            ]
            shown = sorted(message, key=lambda each: _get_position(evidence, each))
            swapped = [
                (before, after)
                for before, after in combinations(shown, 2)
                # Tokens sort in the order of sending; parts of one message must be in order within
                # it too.
                if after.token < before.token
            ]
            late = {
                after.token
                for before, after in swapped
                if _was_delivered_late(evidence, before, after)
            }
            verdict.told_late += len(late)
            for before, after in swapped:
                if after.token not in late:
                    _add_disorder(verdict, evidence, before, after)


def _was_delivered_late(evidence: Evidence, before: SentMessage, after: SentMessage) -> bool:
    """Check whether WhatsApp had not delivered `after` yet when it began to deliver `before`."""
    one, other = evidence.delivery_times.get(before.token), evidence.delivery_times.get(after.token)
    return bool(one and other and other.taken > one.began)


def _add_disorder(
    verdict: Verdict, evidence: Evidence, before: SentMessage, after: SentMessage
) -> None:
    verdict.out_of_order += 1
    verdict.kinds[before.kind].out_of_order += 1
    places = [f"{each.token} as {_get_position(evidence, each)}" for each in (before, after)]
    verdict.violations.append(f"out of order: {', '.join(places)}")


def _get_position(evidence: Evidence, message: SentMessage) -> tuple[int, int]:
    copy = evidence.copies[message.token][0]
    return copy.message_id, copy.place


def _judge_rest(verdict: Verdict, evidence: Evidence) -> None:
    verdict.uncertain, verdict.refused = len(evidence.uncertain), len(evidence.refused)
    for row in (*evidence.uncertain, *evidence.refused):
        if not row["shown"]:
            verdict.not_shown += 1
            verdict.violations.append(
                f"{row['state']} but not shown: {row['token']}, outbox {row['id']}"
            )
    verdict.leaks = len(evidence.leaks)
    verdict.violations += [f"a note at the customer: {leak}" for leak in evidence.leaks]
    verdict.uninvited = len(evidence.uninvited)
    verdict.violations += [f"a text that nobody asked for: {each}" for each in evidence.uninvited]
    verdict.lost += len(evidence.missing_sums)
    verdict.violations += [f"not summed up: {each}" for each in evidence.missing_sums]
    for notice in evidence.repeated_notices:
        verdict.doubled_to_customers += 1
        verdict.violations.append(f"a notice doubled to the customer: {notice}")
    verdict.parked = len(evidence.parked)
    for row in evidence.parked:
        verdict.violations.append(f"parked: inbox {row['id']}: {str(row['error'])[:300]}")
    for row in evidence.waiting:
        verdict.violations.append(f"still waiting: {row}")


def _judge_floods(verdict: Verdict, evidence: Evidence, *, floods_are_ours: bool) -> None:
    """Count the rate-limit errors; with none injected, WhatsApp numbers must have none."""
    for kind, floods in evidence.floods.items():
        verdict.kinds[kind].floods = floods
        if floods and floods_are_ours and kind is not Provider.TELEGRAM:
            verdict.violations.append(f"{kind}: we sent too fast {floods} times")


def _describe(message: SentMessage) -> str:
    return f"{message.token} ({message.text!r}, {message.chat}/{message.message_id})"


def _describe_stored(message: SentMessage, evidence: Evidence) -> str:
    rows = evidence.kept.get(message.token, [])
    return ", ".join(f"{row['id']} {row['delivery_state']}" for row in rows) or "no"
