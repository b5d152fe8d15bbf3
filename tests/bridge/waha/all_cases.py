"""All cases of webhook bodies of a linked number."""

from tests.bridge.waha.body_cases import ON_FILE
from tests.bridge.waha.conduct_cases import CHANGES, ODD, PEOPLE
from tests.bridge.waha.content_cases import CONTACTS_AND_PLACES, FILES, NOTICES, READABLE

CASES = [*ON_FILE, *NOTICES, *READABLE, *FILES, *CONTACTS_AND_PLACES, *PEOPLE, *CHANGES, *ODD]
