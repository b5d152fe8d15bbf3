"""The Cloud API's limits: a number's throughput, and how fast one recipient may be written to."""

from desk.limits.rate_limiter import Limit, Limits, Pace

MESSAGES_PER_SECOND = 80
# One message in so many seconds to one recipient; a burst borrows from those to come.
PAIR_SECONDS, PAIR_BURST = 6.0, 45

CLOUD_LIMITS = Limits(
    person=Pace(PAIR_SECONDS, PAIR_BURST),
    overall=(Limit(MESSAGES_PER_SECOND, 1.0),),
)
NO_LIMITS = Limits()
