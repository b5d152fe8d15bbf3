"""Fault injection: what was said is compared with what every side received (docs/reliability.md).

plan (from a seed) ─► players and saboteur at work on a stage ─► evidence ─► verdict ─► report
"""
