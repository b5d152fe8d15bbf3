"""AI agents and auto-reply rules in a run: what they are asked, how they fail, what they did."""
