"""Builds the rate limiter of a process from the limits of its plug-ins."""

from aiohttp import web

from desk.channels import Channels, RateLimitOwners
from desk.lanes import limit_channel, limit_kind
from desk.limits.rate_limiter import NO_LIMITS, RateLimiter
from desk.limits.shared_limits import NoSharedUsage, SharedRateLimiter, SharedUsage, StoredUsage
from desk.plugins.plugin import ChannelPlugins


def build_usage(
    plugins: ChannelPlugins[web.RouteDef], rate_limiter: RateLimiter, channels: Channels
) -> SharedUsage:
    """Build what counts the calls of all processes together, where there are limits."""
    if isinstance(rate_limiter, SharedRateLimiter):
        return StoredUsage(rate_limiter, RateLimitOwners(channels, plugins.limited_kinds))
    return NoSharedUsage()


def build_rate_limiter(plugins: ChannelPlugins[web.RouteDef], channels: Channels) -> RateLimiter:
    """Build the rate limiter with the limits of all kinds of channels."""
    allowed = plugins.build_limits(channels)
    if allowed is None:
        return RateLimiter(NO_LIMITS, kind_of=limit_kind, owner_of=limit_channel)
    return SharedRateLimiter(allowed, kind_of=limit_kind, owner_of=limit_channel)
