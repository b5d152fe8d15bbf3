"""Our rate limits for Telegram, somewhat below what it allows, so that 429 stays rare."""

from desk.limits.rate_limiter import Limit, Limits

# Telegram allows 20 messages a minute to a group, about 1 a second to a person, and about 30 a
# second overall.
TELEGRAM_LIMITS = Limits(
    person=(Limit(3, 3.0),),
    group=(Limit(18, 60.0),),
    overall=(Limit(25, 1.0),),
)
