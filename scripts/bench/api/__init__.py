"""How fast the API answers, beside bare aiohttp with the same statements by hand."""
