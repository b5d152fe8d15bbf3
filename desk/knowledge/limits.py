"""Limits of knowledge: what is larger is refused, with the limit named."""

# Characters.
MAX_TITLE, MAX_TEXT, MAX_QUESTION, MAX_TAG = 190, 16_000, 300, 40
# A longer paragraph is cut: it would be too long an answer in a chat.
MAX_PASSAGE = 1_200
MAX_PASSAGES, MAX_QUESTIONS, MAX_TAGS = 200, 20, 20
# Of one article; MAX_QUESTIONS is for each passage.
MAX_ARTICLE_QUESTIONS = 400
# All articles: the index of each process holds them.
MAX_ARTICLES = 20_000
# Of one import.
MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_IMPORTED = 2_000
MAX_PDF_PAGES = 1_000
# A longer text is no question; its beginning is searched.
MAX_ASKED = 2_000
