"""The texts of the knowledge that get a vector each, and the hashes by which they are known."""

import hashlib
from collections.abc import Iterator, Sequence


def list_texts(title: str, text: str, questions: Sequence[str]) -> Iterator[str]:
    """List the texts of a passage: its own below its title, and its typical questions."""
    yield f"{title}\n\n{text}"
    yield from questions


def hash_text(text: str) -> str:
    """Return the hash by which a text's vector is found again."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
