"""A note and own fields of a customer: written, set under a name, joined."""

from datetime import UTC, datetime, timedelta

from desk.clients.profile import Fields, join_fields, join_notes, set_field, write_note

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
ADDRESS: Fields = [{"name": "Address", "value": "12 Elm Street"}]


def test_no_words_are_no_note() -> None:
    assert write_note(" late \n", "Mia", NOON) == {
        "text": "late",
        "by": "Mia",
        "at": "2026-01-05T12:00:00+00:00",
    }
    assert write_note(" \n ", "Mia", NOON) is None
    assert write_note(None, "Mia", NOON) is None


def test_a_field_is_found_in_any_case_of_letters() -> None:
    number = {"name": "Number", "value": "7"}
    both = set_field(ADDRESS, "Number", "7")
    assert both == [*ADDRESS, number]
    moved = {"name": "Address", "value": "3 Oak Lane"}
    assert set_field(both, "aDDRESS", "3 Oak Lane") == [moved, number]
    assert set_field([*ADDRESS, number, *ADDRESS], "address", "3 Oak Lane") == [moved, number]
    assert set_field(both, "ADDRESS", None) == [number]
    assert set_field(ADDRESS, "address", None) is None
    assert set_field(None, "Number", "7") == [number]
    assert set_field(None, "Number", None) is None


def test_what_both_have_is_there_once() -> None:
    work = {"name": "Address", "value": "3 Oak Lane"}
    assert join_fields(ADDRESS, [*ADDRESS, work]) == [*ADDRESS, work]
    assert join_fields(None, ADDRESS) == join_fields(ADDRESS, None) == ADDRESS
    assert join_fields(None, None) is None
    note = write_note("late", "Mia", NOON)
    assert join_notes(note, write_note("late", "Tom", NOON)) == note
    later = write_note("tea", "Tom", NOON + timedelta(hours=1))
    assert later is not None
    assert join_notes(note, later) == {**later, "text": "late\n\ntea"}
    assert join_notes(later, note) == {**later, "text": "tea\n\nlate"}
    assert join_notes(None, note) == join_notes(note, None) == note
    assert join_notes(None, None) is None
