"""The sample data of the chat platform's schema (W in docs/schema.md), in its own words."""

from dataclasses import dataclass, field
from typing import Any

from db.tables import AgentLevel, Role


@dataclass(frozen=True, slots=True)
class SampleWhatsAppChannel:
    """A number that is linked to nothing, so that its channel is switched off."""

    external_id: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """An account that nobody can log in to before it gets a password or a link."""

    email: str
    name: str
    role: Role
    avatar_url: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class SampleAiAgent:
    name: str
    level: AgentLevel
    description: str
    avatar_url: str
    config: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class SampleContact:
    name: str
    email: str
    phone: str
    avatar_url: str


@dataclass(frozen=True, slots=True)
class SampleTemplate:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class SampleRule:
    name: str
    words: list[str] = field(hash=False)
    text: str
    delay_seconds: int
    priority: int


ICON = "https://img.icons8.com/color/48/000000/whatsapp.png"
WHATSAPP_CHANNELS = (
    SampleWhatsAppChannel("sample-whatsapp-1", "WhatsApp channel 1", "+6281234567890"),
    SampleWhatsAppChannel("sample-whatsapp-2", "WhatsApp channel 2", "+6289876543210"),
)
PEOPLE = (
    SamplePerson(
        "admin@osmochat.com", "Admin OsmoChat", Role.ADMIN, "https://i.pravatar.cc/40?img=1"
    ),
    SamplePerson(
        "agent1@osmochat.com",
        "Agent 1",
        Role.CS,
        "https://i.pravatar.cc/40?img=9",
        "Customer service agent",
    ),
    SamplePerson(
        "agent2@osmochat.com",
        "Agent 2",
        Role.CS,
        "https://i.pravatar.cc/40?img=10",
        "Sales agent",
    ),
)
AI_AGENTS = (
    SampleAiAgent(
        "AI Bot 1",
        AgentLevel.ADVANCED,
        "AI Assistant untuk customer service",
        "https://i.pravatar.cc/40?img=7",
        {
            "style": "Saya adalah AI assistant yang ramah dan membantu. Saya akan selalu memberikan"
            " jawaban yang akurat dan sopan.",
            "knowledge": "Saya memiliki pengetahuan tentang produk dan layanan perusahaan. Saya"
            " dapat membantu dengan pertanyaan umum, pemesanan, dan dukungan pelanggan.",
            "handover_conditions": [
                "customer ingin berbicara dengan manusia",
                "pertanyaan kompleks tentang teknis",
            ],
            "follow_ups": [{"keyword": "order", "text": "", "delay_minutes": 1}],
        },
    ),
    SampleAiAgent(
        "AI Bot 2",
        AgentLevel.INTERMEDIATE,
        "AI untuk handling order",
        "https://i.pravatar.cc/40?img=8",
        {
            "style": "Saya adalah AI yang fokus pada handling order dan transaksi.",
            "knowledge": "Saya memiliki pengetahuan khusus tentang proses pemesanan, pembayaran,"
            " dan tracking order.",
            "handover_conditions": ["masalah pembayaran", "komplain order"],
            "follow_ups": [{"keyword": "status", "text": "", "delay_minutes": 1}],
        },
    ),
)
CONTACTS = (
    SampleContact(
        "Andi",
        "andi@email.com",
        "+6281234567890",
        "https://randomuser.me/api/portraits/men/32.jpg",
    ),
    SampleContact(
        "Budi",
        "budi@email.com",
        "+6289876543210",
        "https://randomuser.me/api/portraits/men/45.jpg",
    ),
)
TEMPLATES = (
    SampleTemplate(
        "Welcome Message",
        "Halo {{customer_name}}, terima kasih telah menghubungi kami. Ada yang bisa kami bantu?",
    ),
    SampleTemplate(
        "Order Confirmation",
        "Terima kasih {{customer_name}}, pesanan Anda dengan nomor {{order_number}} telah"
        " dikonfirmasi.",
    ),
)
RULES = (
    SampleRule("Salam", ["halo", "hai", "hello"], "Halo! Ada yang bisa kami bantu?", 2, 2),
    SampleRule(
        "Harga",
        ["harga", "berapa", "cost"],
        "Untuk informasi harga, tulis nama produk yang Anda cari. Kami segera membalas.",
        3,
        1,
    ),
)
