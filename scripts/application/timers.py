"""The handlers of all timers."""

from desk.ai.gate import handle_deadline_timer, handle_follow_up_timer, handle_start_timer
from desk.auto_replies.firing import handle_rule_timer
from desk.conversations.absences import handle_absence_timer
from desk.conversations.idle_sessions import handle_idle_timer
from desk.conversations.placing import handle_places_timer
from desk.conversations.snooze import handle_snooze_timer
from desk.conversations.waiting_sessions import handle_waiting_timer
from desk.messages.customer_limit import handle_limit_timer
from desk.messages.window_timer import handle_window_timer
from desk.receiving.timers import Timer, TimerHandler
from desk.sla.waits import handle_sla_timer


def list_timers() -> dict[Timer, TimerHandler]:
    """Return what handles each kind of timer."""
    return {
        Timer.WINDOW: handle_window_timer,
        Timer.IDLE: handle_idle_timer,
        Timer.WAITING: handle_waiting_timer,
        Timer.ABSENCE: handle_absence_timer,
        Timer.SNOOZE: handle_snooze_timer,
        Timer.SLA: handle_sla_timer,
        Timer.LIMIT: handle_limit_timer,
        Timer.AI_START: handle_start_timer,
        Timer.AI_DEADLINE: handle_deadline_timer,
        Timer.AI_FOLLOW_UP: handle_follow_up_timer,
        Timer.PLACES: handle_places_timer,
        Timer.RULE: handle_rule_timer,
    }
