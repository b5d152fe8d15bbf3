"""Our rate limits for a linked number.

WhatsApp publishes no limits for linked devices, but it closes numbers that write like machines.
Users report as safe about one message a second to a person, and some twenty a minute in all, for a
number that answers people who wrote first. An operator who is sure of the number may allow more.
"""

from desk.limits.rate_limiter import Limits
from desk.limits.windows import Limit

PERSON_PER_SECOND = 1
TOTAL_PER_MINUTE = 20
# A number that writes first to many people is closed soonest.
BROADCASTS_PER_MINUTE = 6

WAHA_LIMITS = Limits(
    person=(Limit(PERSON_PER_SECOND, 1.0),),
    overall=(Limit(TOTAL_PER_MINUTE, 60.0),),
    broadcast=(Limit(BROADCASTS_PER_MINUTE, 60.0),),
)
