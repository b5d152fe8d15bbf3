"""One body of each kind of message, as the published schema requires it."""

from typing import Any

Json = dict[str, Any]

BUTTONS: Json = {
    "type": "button",
    "header": {"type": "text", "text": "Order 7"},
    "body": {"text": "Send it?"},
    "footer": {"text": "Until noon"},
    "action": {
        "buttons": [
            {"type": "reply", "reply": {"id": "yes", "title": "Yes"}},
            {"type": "reply", "reply": {"id": "no", "title": "No"}},
        ]
    },
}
LIST: Json = {
    "type": "list",
    "body": {"text": "When?"},
    "action": {
        "button": "Choose",
        "sections": [
            {
                "title": "Days",
                "rows": [
                    {"id": "mo", "title": "Monday", "description": "10 to 12"},
                    {"id": "tu", "title": "Tuesday"},
                ],
            }
        ],
    },
}
CONTACTS: list[Json] = [
    {
        "name": {"formatted_name": "Ben B.", "first_name": "Ben"},
        "phones": [{"phone": "+1 650 555 9999", "type": "WORK", "wa_id": "16505559999"}],
    }
]
LOCATION: Json = {"latitude": "-6.2", "longitude": "106.8", "name": "Shop", "address": "Jl. 1"}
BODY: Json = {
    "type": "BODY",
    "text": "Hello {{1}}, order {{2}} is ready",
    "example": {"body_text": [["Ann", "7"]]},
}
TEMPLATE: Json = {
    "name": "order_ready",
    "language": {"policy": "deterministic", "code": "en_US"},
    "components": [
        {
            "type": "body",
            "parameters": [{"type": "text", "text": "Ann"}, {"type": "text", "text": "7"}],
        }
    ],
}
