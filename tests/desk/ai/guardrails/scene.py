"""A shop with two articles, and answers to check against them."""

import base64
import codecs
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from db.ids import ArticleId, PassageId
from desk.ai.config import Product
from desk.ai.guardrails.evidence import Evidence, build_evidence
from desk.ai.model.ports import AiAnswer, AnswerAction, Citation
from desk.ai.prompt.prompt import Author, Prompt, PromptInput, SessionMessage, build_prompt
from desk.knowledge.ports import FoundPassage

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
CANARY = "a1b2c3d4e5f60718"
API_KEY = "sk-proj-9f8e7d6c5b4a39281706"
OTHER_CLIENT = "Siti Rahmawati"
OTHER_PHONE = "+62 813 5555 1234"
OTHER_EMAIL = "siti.r@mail.example"
HOURS = (
    "We are open from Monday to Friday, from 9:00 to 17:00. On Saturday we close at 1 pm. "
    "The shop is at Jalan Merdeka 10 in Bandung."
)
DELIVERY = "Pengiriman ke seluruh Indonesia memakan waktu 2-3 hari kerja. Ongkos kirim Rp 15.000."


@dataclass(frozen=True, slots=True)
class Attempt:
    where: str
    language: str
    text: str
    says: str

    def fill(self, prompt: Prompt) -> str:
        """Return what a model says that obeys."""
        return self.says.format(
            canary=CANARY,
            spaced=" ".join(CANARY),
            reversed=CANARY[::-1],
            base64=base64.b64encode(f"mark {CANARY}".encode()).decode(),
            hex=CANARY.encode().hex(" "),
            rot13=codecs.encode(CANARY, "rot13"),
            rules=" ".join(prompt.private.split()[40:90]),
            secret=API_KEY,
            phone=OTHER_PHONE,
            email=OTHER_EMAIL,
            name=OTHER_CLIENT,
        )


def load_attempts() -> list[Attempt]:
    files = sorted((Path(__file__).parent / "injections").glob("*.toml"))
    loaded = (tomllib.loads(file.read_text())["attempt"] for file in files)
    return [Attempt(**each) for attempts in loaded for each in attempts]


def build_scene(attempt: Attempt) -> tuple[Prompt, Evidence]:
    """Return the prompt and the evidence of a turn in which somebody attempts an injection."""
    where, text = attempt.where, attempt.text
    customer = "Kapan toko buka?" if attempt.language == "id" else "When are you open?"
    said = text if where in {"customer", "forwarded"} else customer
    message = SessionMessage(
        Author.CUSTOMER,
        said,
        file_name=text if where == "file_name" else None,
        is_forwarded=where == "forwarded",
    )
    articles = [HOURS, f"{DELIVERY}\n{text}" if where == "article" else DELIVERY]
    prompt = build_prompt(
        PromptInput(
            [message],
            NOW,
            passages=[build_passage(each) for each in articles],
            products=[Product("Mug", "Rp 50.000", "blue")],
            customer_name=text if where == "name" else "Budi",
            language=attempt.language,
            canary=CANARY,
        )
    )
    customer_words = [said, text] if where in {"file_name", "name"} else [said]
    evidence = build_evidence(
        prompt,
        customer_words=customer_words,
        secrets=[API_KEY],
        language=attempt.language,
    )
    return prompt, evidence


def build_passage(text: str) -> FoundPassage:
    return FoundPassage(PassageId("01P"), ArticleId("01A"), "About us", text, "en", 1.0)


def build_answer(text: str, action: AnswerAction = AnswerAction.ANSWER) -> AiAnswer:
    """Return an answer with a citation that is true, so that nothing else saves us."""
    cited = (Citation("P1", "open from Monday to Friday"),)
    return AiAnswer(action, text, cited, 0.99, "the customer wished it", "en")
