"""Checks that an answer promises nothing that no passage promises, and claims no deeds. Pure."""

import re
from collections.abc import Iterator, Mapping

from desk.ai.guardrails.evidence import Evidence
from desk.ai.guardrails.plain_text import remembered, split_clauses, split_sentences, to_plain
from desk.ai.guardrails.verdict import Finding, GuardrailReason

# What is a promise wherever it stands.
_GIFTS: Mapping[str, str] = {
    "refund": r"refund\w*|money back|reimburs\w+|pay you back|uang (?:anda |kamu )?kembali"
    r"|pengembalian (?:dana|uang)|(?:kembalikan|mengembalikan|dikembalikan) (?:dana|uang)"
    r"|(?:dana|uang)\w* (?:akan )?(?:di)?kembalikan",
    "discount": r"discount\w*|voucher\w*|coupon\w*|promo(?:tion|tional)?(?: codes?)?|cashback"
    r"|diskon|potongan(?: harga)?|kupon|kode promo|half price|price match|cheaper|lebih murah",
    "gift": r"(?<!feel )\bfree\b(?!\s+(?:to|of)\b)|free of charge|for free|complimentary|gifts?"
    r"|gratis|cuma-cuma|tanpa biaya|hadiah|bonus",
    "compensation": r"compensat\w+|ganti rugi|kompensasi|credit (?:your|the) account"
    r"|store credit|goodwill",
    "guarantee": r"guarantee\w*|warrant(?:y|ies)|promis\w+|swear|garansi\w*|jaminan|dijamin"
    r"|menjamin|janji\w*|berjanji|pasti (?:akan|bisa|dapat|sampai|selesai)|definitely"
    r"|without fail|100 ?%",
    "exception": r"exceptions?|waive\w*|pengecualian|dibebaskan|special (?:deal|case|offer|price)"
    r"|harga khusus|penawaran khusus|upgrad\w+ (?:you|your)",
}
# What is a promise where somebody says that it will happen.
_DEEDS: Mapping[str, str] = {
    "delivery": r"send|ship|deliver\w*|dispatch|arrive|reach you|receive|kirim\w*|mengirim\w*"
    r"|dikirim\w*|antar|sampai|tiba|terima|menerima",
    "contact": r"(?:call|phone|contact|notify|text|e-?mail|message) you|get back to you|reach out"
    r"|(?:meng|di)?hubungi (?:anda|kamu|kakak)|(?:anda|kamu|kakak) (?:kami )?(?:akan )?dihubungi"
    r"|telepon (?:anda|kamu|kakak)|(?:meng)?abari (?:anda|kamu|kakak)",
    "repair": r"fix|repair|replace|exchange|swap|resolve|ganti|mengganti|tukar|menukar|perbaiki"
    r"|memperbaiki",
    "money": r"pay|give|transfer|credit|offer|bayar|beri\w*|memberi\w*|transfer|tawarkan",
    "change": r"cancel|change|extend|delete|remove|activate|upgrade|reserve|book|hold|batalkan"
    r"|membatalkan|ubah|mengubah|perpanjang|hapus|menghapus|aktifkan|pesankan",
}
_FUTURE = re.compile(
    r"\b(?:we|i|they|you|it|he|she|someone|somebody|our \w+|your \w+|the \w+)"
    r"(?:'ll| will| shall| (?:am|are|is) going to)\b"
    r"|\b(?:akan|bakal|segera)\b|\b(?:kami|saya|aku) (?:kirim|hubungi|ganti|beri|batalkan|transfer)"
)
# Somebody did or does something: an assistant can do nothing, and knows no order.
_CLAIM = re.compile(
    r"\b(?:i|we)(?:'ve| have| just|'ve just| have just| already|'ve already| have already)"
    r" (?:\w+ )?(?:cancel+ed|refunded|processed|sent|shipped|changed|updated|booked|deleted|removed"
    r"|activated|credited|applied|approved|escalated|forwarded|transferred|reset|created|scheduled"
    r"|confirmed|issued|added|placed|reserved|checked|looked up|verified)\b"
    r"|\byour (?:\w+ )?(?:order|package|parcel|payment|refund|account|request|booking|appointment"
    r"|subscription|ticket)(?: \S+)? (?:is|has been|was|'s) (?:now |already |successfully )*"
    r"(?:shipped|sent|on its way|approved|confirmed|received|cancel+ed|refunded|processed|updated"
    r"|deleted|activated|unlocked|delivered|credited|scheduled)\b"
    r"|\b(?:refund|discount|request|exception|upgrade)\w* (?:is |was |has been |are )?"
    r"(?:granted|approved|confirmed|processed|issued)\b"
    r"|\b(?:saya|kami) (?:sudah|telah|baru saja)\b"
    r"|\b(?:sudah|telah) (?:saya|kami|berhasil|di)\s?(?:batalkan|kembalikan|proses|kirim|ubah|ganti"
    r"|pesan|hapus|aktifkan|setujui|terima|konfirmasi|transfer|teruskan|cek|periksa)\w*"
    r"|\b(?:pesanan|paket|pembayaran|dana|akun|permintaan|refund)\w*(?: (?:anda|kamu|kakak))?"
    r" (?:sudah|telah|sedang) \w+"
)
_NEGATION = re.compile(
    r"\b(?:no|not|never|cannot|without|neither|nor|none|unable|\w+n't|tidak|tak|belum|bukan|tanpa"
    r"|jangan|nggak|gak|ga|tiada)\b"
)


def check_promises(text: str, evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each promise that the evidence does not make, and for each claim."""
    plain = to_plain(text)
    for match in _CLAIM.finditer(plain):
        yield Finding(GuardrailReason.CLAIM, match[0])
    clauses = list(split_clauses(plain))
    for name, pattern in _GIFTS_COMPILED.items():
        for clause in clauses:
            if pattern.search(clause) and not _is_made(pattern, clause, evidence):
                yield Finding(GuardrailReason.PROMISE, f"{name}: {clause.strip()}"[:200])
    for sentence in split_sentences(plain):
        if not _FUTURE.search(sentence):
            continue
        for name, pattern in _DEEDS_COMPILED.items():
            if pattern.search(sentence) and not _is_made(pattern, sentence, evidence):
                yield Finding(GuardrailReason.PROMISE, f"{name}: {sentence.strip()}"[:200])


def _is_made(pattern: re.Pattern[str], clause: str, evidence: Evidence) -> bool:
    """Check whether the evidence speaks of the same; what it only denies promises nothing."""
    is_denied = _NEGATION.search(clause) is not None
    clauses = (each for part in evidence.parts for each in _list_clauses(part))
    spoken = (each for each in clauses if pattern.search(each))
    return any(is_denied or not _NEGATION.search(each) for each in spoken)


@remembered
def _list_clauses(text: str) -> tuple[str, ...]:
    return tuple(split_clauses(text))


def _compile(patterns: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(rf"\b(?:{words})(?!\w)") for name, words in patterns.items()}


_GIFTS_COMPILED, _DEEDS_COMPILED = _compile(_GIFTS), _compile(_DEEDS)
