"""Benchmarks: real processes, real HTTP, everything committed. See docs/benchmarks.md."""
