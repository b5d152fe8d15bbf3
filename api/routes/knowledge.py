"""Routes of the knowledge that AI agents answer from."""

from api.access.permissions import AccessRule
from api.errors.problems import LengthRequired
from api.files import upload_validation
from api.jobs.models import JobOut
from api.knowledge import articles, imports, questions, search
from api.knowledge.models import ImportForm
from api.routing.route import Route

KNOWLEDGE: tuple[Route, ...] = (
    Route("GET", "/knowledge/articles", articles.list_articles, "List articles"),
    Route(
        "POST",
        "/knowledge/articles",
        articles.create,
        "Create an article",
        access=AccessRule.ADMIN,
        status=201,
    ),
    Route("GET", "/knowledge/articles/{article_id}", articles.show, "Show an article"),
    Route(
        "PATCH",
        "/knowledge/articles/{article_id}",
        articles.change,
        "Change an article",
        access=AccessRule.ADMIN,
    ),
    Route(
        "DELETE",
        "/knowledge/articles/{article_id}",
        articles.delete,
        "Delete an article",
        access=AccessRule.ADMIN,
        status=204,
    ),
    Route(
        "POST",
        "/knowledge/imports",
        imports.start_import,
        "Import articles from a file",
        access=AccessRule.ADMIN,
        status=202,
        accepted=JobOut,
        consumes=upload_validation.FORM_TYPE,
        form=ImportForm,
        raises=(LengthRequired,),
    ),
    Route("POST", "/knowledge/search", search.search, "Ask the articles a question"),
    Route(
        "GET",
        "/knowledge/questions",
        questions.list_questions,
        "List proposed questions",
        access=AccessRule.ADMIN,
    ),
    Route(
        "POST",
        "/knowledge/questions/{question_id}/accept",
        questions.accept,
        "Accept a proposed question",
        access=AccessRule.ADMIN,
        status=204,
    ),
    Route(
        "POST",
        "/knowledge/questions/{question_id}/refuse",
        questions.refuse,
        "Refuse a proposed question",
        access=AccessRule.ADMIN,
        status=204,
    ),
)
