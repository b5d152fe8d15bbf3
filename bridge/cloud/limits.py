"""The Cloud API's limits: a number's throughput, and the pace to one recipient."""

from desk.limits.rate_limiter import Limits
from desk.limits.windows import Limit, Pace

MESSAGES_PER_SECOND, BROADCASTS_PER_SECOND = 80, 30
# One message to one recipient in this many seconds. A burst uses up later messages in advance.
PAIR_SECONDS, PAIR_BURST = 6.0, 45

CLOUD_LIMITS = Limits(
    person=Pace(PAIR_SECONDS, PAIR_BURST),
    overall=(Limit(MESSAGES_PER_SECOND, 1.0),),
    broadcast=(Limit(BROADCASTS_PER_SECOND, 1.0),),
)
