"""Telegram's flood limits as a pure function of time: `now` is a parameter, nothing sleeps."""

import math
from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class Account:
    """The recent calls of one chat, and the end of its penalty."""

    spent: deque[float] = field(default_factory=deque)
    silent_until: float = 0.0


@dataclass(slots=True)
class Limits:
    """Sliding windows per group, per private chat and for all chats; off until switched on."""

    on: bool = False
    group_per_minute: int = 20
    group_window: float = 60.0
    chat_per_second: float = 1.0
    chat_burst: int = 3
    overall_per_second: int = 30
    # A call during a penalty makes the penalty this much longer, in seconds.
    lengthen: float = 3.0
    chats: dict[tuple[int, int], Account] = field(default_factory=dict)
    overall: dict[int, Account] = field(default_factory=dict)

    def spend(self, bot_id: int, chat_id: int, now: float, cost: int = 1) -> int:
        """Count `cost` visible calls; return the seconds to wait, or 0 if they may pass."""
        if not self.on:
            return 0
        chat = self.chats.setdefault((bot_id, chat_id), Account())
        over = self.overall.setdefault(bot_id, Account())
        allowed, window = self._chat_window(chat_id)
        wait = max(
            self._wait(chat, allowed, window, now),
            self._wait(over, self.overall_per_second, 1, now),
        )
        if wait:
            return wait
        chat.spent.extend([now] * cost)
        over.spent.extend([now] * cost)
        return 0

    def _chat_window(self, chat_id: int) -> tuple[int, float]:
        if chat_id < 0:
            return self.group_per_minute, self.group_window
        return self.chat_burst, self.chat_burst / self.chat_per_second

    def _wait(self, account: Account, allowed: int, window: float, now: float) -> int:
        if now < account.silent_until:
            account.silent_until += self.lengthen
            return math.ceil(account.silent_until - now)
        spent = account.spent
        while spent and spent[0] <= now - window:
            spent.popleft()
        if len(spent) < allowed:
            return 0
        wait = max(1, math.ceil(spent[0] + window - now))
        account.silent_until = now + wait
        return wait
