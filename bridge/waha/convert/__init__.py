"""Convert between WAHA's JSON and the desk's content, with pure functions named by direction."""
