"""Fault injection: compares what was sent with what every side received (docs/reliability.md).

plan (from a seed) ─► conversation driver and fault injector on a stage ─► evidence ─► verdict
─► report
"""
