"""The console, a page for agents: static files only, which `api/pages/console` serves."""
