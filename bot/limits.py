"""Our rate limits for Telegram, somewhat below what it allows, so that 429 stays rare."""

from desk.limits.rate_limiter import Limits
from desk.limits.windows import Limit

# Telegram allows 20 messages a minute to a group, about 1 a second to a person, and about 30 a
# second overall.
TELEGRAM_LIMITS = Limits(
    person=(Limit(3, 3.0),),
    group=(Limit(18, 60.0),),
    overall=(Limit(25, 1.0),),
    # One customer's flood leaves a third of the group to the others. It is remembered for longer
    # than the group's limit, so that who waited goes before who used the last minute. An agent's
    # own chat has room for all of theirs: there it is only counted who used least.
    group_share=(Limit(12, 60.0), Limit(24, 120.0)),
    person_share=(Limit(3, 3.0),),
    # A broadcast to 100,000 people takes almost three hours, and answers always have 15 calls.
    broadcast=(Limit(10, 1.0),),
)
