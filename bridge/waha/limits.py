"""How gently a linked number writes.

WhatsApp says no figures for linked devices; it closes numbers that write like machines. What its
users report as safe is about one message a second to a person and some twenty a minute in all for a
number that answers people who wrote first. A desk that is sure of its number may allow more.
"""

from desk.limits.rate_limiter import Limit, Limits

PER_PERSON_A_SECOND = 1
OVERALL_A_MINUTE = 20

WAHA = Limits(
    person=(Limit(PER_PERSON_A_SECOND, 1.0),),
    overall=(Limit(OVERALL_A_MINUTE, 60.0),),
)
OFF = Limits()
