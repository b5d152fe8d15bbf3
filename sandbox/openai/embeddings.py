"""Embeddings without a model: words and their parts, hashed into a vector of length 1."""

import base64
import hashlib
import math
import re
import struct

from sandbox.common.json_shapes import Json
from sandbox.openai.completions import count_tokens
from sandbox.openai.errors import bad_request

DIMENSIONS = 256
_MOST_INPUTS = 2048
_WORD = re.compile(r"\w+")
_GRAM = 3


def embed(body: Json) -> Json:
    """Return the answer to a request for embeddings."""
    given = body.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
        raise bad_request("'input' must be a text or a list of texts", "input")
    if not texts or len(texts) > _MOST_INPUTS or not all(texts):
        raise bad_request("'input' has no text, an empty one, or too many", "input")
    encoded = body.get("encoding_format") == "base64"
    data = [
        {
            "object": "embedding",
            "index": number,
            "embedding": _to_base64(vector) if encoded else vector,
        }
        for number, vector in enumerate(map(to_vector, texts))
    ]
    tokens = sum(map(count_tokens, texts))
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "model": body["model"], "data": data, "usage": usage}


def to_vector(text: str) -> list[float]:
    """Return the vector of a text: texts with the same words and parts of words are near."""
    vector = [0.0] * DIMENSIONS
    for word in _WORD.findall(text.lower()):
        padded = f"^{word}$"
        parts = [padded[at : at + _GRAM] for at in range(len(padded) - _GRAM + 1)]
        for part in {word, *parts}:
            digest = hashlib.blake2b(part.encode(), digest_size=4).digest()
            sign = 1.0 if digest[3] & 1 else -1.0
            vector[int.from_bytes(digest[:2]) % DIMENSIONS] += sign
    length = math.sqrt(sum(each * each for each in vector)) or 1.0
    return [each / length for each in vector]


def _to_base64(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
