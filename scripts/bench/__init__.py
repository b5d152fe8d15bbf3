"""Benchmarks: real processes, real HTTP, every write committed. See docs/benchmarks.md."""
