"""Read articles out of files: Markdown, HTML, PDF, CSV."""
