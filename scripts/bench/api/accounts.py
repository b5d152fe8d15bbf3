"""The callers of the API in a benchmark: an administrator, and people who log in."""

from dataclasses import dataclass

import aiohttp

from db.database import Database
from db.tables import Role
from desk.accounts.accounts import create_account

PASSWORD = "a password for benchmarks"  # noqa: S105 guards nothing
_ADMIN = "admin@bench.example"


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the API that is logged in."""

    http: aiohttp.ClientSession
    address: str
    token: str

    async def get(self, path: str) -> int:
        """Read a whole answer and return its status."""
        async with self.http.get(f"{self.address}{path}", headers=self._headers) as answer:
            await answer.read()
            return answer.status

    async def get_page(self, path: str) -> dict[str, object]:
        """Read a page."""
        async with self.http.get(f"{self.address}{path}", headers=self._headers) as answer:
            found: dict[str, object] = await answer.json()
            return found

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


async def add_people(database: Database, others: int) -> list[str]:
    """Add an administrator and other people; return the others' e-mail addresses."""
    emails = [f"person{number}@bench.example" for number in range(others)]
    for email in (_ADMIN, *emails):
        role = Role.ADMIN if email == _ADMIN else Role.CS
        async with database.transaction() as tx:
            await create_account(tx, name=email, email=email, password=PASSWORD, role=role)
    return emails


async def log_in(http: aiohttp.ClientSession, address: str, email: str) -> tuple[int, str]:
    """Log in; return the answer's status, and the access token or an empty text."""
    body = {"email": email, "password": PASSWORD}
    async with http.post(f"{address}/auth/login", json=body) as answer:
        return answer.status, (await answer.json()).get("access_token", "")


async def log_in_administrator(http: aiohttp.ClientSession, address: str) -> Client:
    """Log the administrator in."""
    status, token = await log_in(http, address, _ADMIN)
    if not token:
        raise RuntimeError(f"the administrator could not log in: {status}")
    return Client(http, address, token)
