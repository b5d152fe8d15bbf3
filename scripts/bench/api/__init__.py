"""Benchmark of the API, beside bare aiohttp with the same statements by hand."""
