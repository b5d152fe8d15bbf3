"""Checks of Redis, the language model, and this machine's disk and port."""

import asyncio
import os
import shutil
from pathlib import Path

import aiohttp
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError

from desk.formatting.masking import mask_secrets
from desk.media.ffmpeg import PROGRAM
from desk.setup.findings import CheckResult, report_error, report_ok, report_warning
from scripts.configuration.settings import Settings

_TIMEOUT = 10.0
# For a server on this machine.
_SHORT_TIMEOUT = 2.0
_LITTLE = 1 << 30
_TOO_LITTLE = 100 << 20
_OK = 200
_UNAUTHORIZED = {401, 403}


async def check_redis(settings: Settings) -> CheckResult:
    """Send PING to the Redis of REDIS_URL."""
    if settings.redis_url is None:
        return report_ok("redis", "REDIS_URL is not set; only a second worker needs it")
    redis = Redis.from_url(settings.redis_url, socket_timeout=_TIMEOUT)
    try:
        await redis.ping()
    except AuthenticationError:
        return report_error("redis", "rejects the password", "correct the password in REDIS_URL")
    except (RedisError, OSError, TimeoutError) as error:
        remedy = "start it, or correct REDIS_URL"
        return report_error("redis", f"does not answer ({mask_secrets(str(error))})", remedy)
    finally:
        await redis.aclose()
    return report_ok("redis", "answers")


async def check_model(http: aiohttp.ClientSession, settings: Settings) -> CheckResult:
    """Ask the OpenAI-compatible server for its models, with the API key."""
    if not settings.has_language_model:
        text = "OPENAI_API_KEY is not set: AI agents answer from the knowledge articles alone"
        return report_ok("openai", text)
    where, key = settings.openai_base_url, settings.openai_api_key
    try:
        answer = http.get(
            f"{where}/models",
            headers={"Authorization": f"Bearer {key.get_secret_value()}"} if key else {},
            timeout=aiohttp.ClientTimeout(total=_TIMEOUT),
        )
        async with answer as response:
            return _check_models(settings, response.status, await response.json(content_type=None))
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        text = f"{where} does not give a valid answer ({type(error).__name__})"
        return report_error("openai", text, "check OPENAI_BASE_URL: it usually ends with /v1")


def _check_models(settings: Settings, status: int, body: object) -> CheckResult:
    where = settings.openai_base_url
    if status in _UNAUTHORIZED:
        remedy = "create a new key on the provider's page, or leave it out"
        return report_error("openai", f"{where} rejects OPENAI_API_KEY", remedy)
    listed = body.get("data") if isinstance(body, dict) else None
    if status != _OK or not isinstance(listed, list):
        text = f"{where} lists no models (HTTP {status})"
        return report_error("openai", text, "check OPENAI_BASE_URL: it usually ends with /v1")
    names = [str(each.get("id")) for each in listed if isinstance(each, dict)]
    wanted = {
        "OPENAI_MODEL": settings.openai_model,
        "OPENAI_MODEL_BASIC": settings.openai_model_basic,
        "OPENAI_MODEL_ADVANCED": settings.openai_model_advanced,
        "OPENAI_EMBEDDING_MODEL": settings.openai_embedding_model,
    }
    for setting, model in wanted.items():
        if model and model not in names:
            remedy = f"set {setting} to one that it has, such as {', '.join(names[:5]) or 'none'}"
            return report_warning("openai", f"{where} has no model {model}", remedy)
    return report_ok("openai", f"{where} answers and has {settings.openai_model}")


def check_disk(settings: Settings) -> list[CheckResult]:
    """Check the free space for the SQLite file and for media, and that media can be written."""
    findings = [_check_media_folder(settings.media_dir)]
    if file := settings.database_url.sqlite_file:
        findings.append(_check_free_space("SQLite", file.absolute().parent))
    return findings


def _check_media_folder(folder: Path) -> CheckResult:
    # The folder itself is created when it is needed: a check changes nothing.
    existing = next(
        each for each in (folder.absolute(), *folder.absolute().parents) if each.exists()
    )
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        text = f"MEDIA_DIR {folder} cannot be written"
        return report_error(
            "disk", text, "make it writable for this user, or set MEDIA_DIR to another folder"
        )
    return _check_free_space("media", existing)


def _check_free_space(what: str, folder: Path) -> CheckResult:
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return report_error(
            "disk", f"{folder} cannot be used ({error.strerror})", "create this folder"
        )
    return judge_free_space(what, folder, free)


def judge_free_space(what: str, folder: Path, free: int) -> CheckResult:
    """Return whether these free bytes are enough."""
    size = f"{free / 2**30:.1f} GiB" if free >= 2**30 else f"{free / 2**20:.0f} MiB"
    text = f"{size} free for {what} in {folder}"
    if free < _TOO_LITTLE:
        return report_error("disk", text, "free some space, or move it to a larger disk")
    return (
        report_warning("disk", text, "free some space soon")
        if free < _LITTLE
        else report_ok("disk", text)
    )


def check_converter() -> CheckResult:
    """Check whether the program that converts video and audio is installed."""
    found = shutil.which(PROGRAM)
    if found is not None:
        return report_ok("media", f"video and audio are converted by {found}")
    text = (
        f"{PROGRAM} is not installed: files that WhatsApp or Telegram cannot play go as documents"
    )
    return report_warning(
        "media", text, f"install {PROGRAM} (on Debian: apt install {PROGRAM}), or accept this"
    )


async def check_port(http: aiohttp.ClientSession, settings: Settings) -> CheckResult:
    """Check that HOST:PORT is free, or that OsmoDesk itself listens there."""
    where = f"{settings.host}:{settings.port}"
    try:
        server = await asyncio.start_server(_hang_up, settings.host, settings.port)
    except OSError as error:
        if await _is_us(http, settings):
            return report_ok("port", f"OsmoDesk is running at {where}")
        remedy = "stop the program that listens there, or set another HOST or PORT"
        return report_error("port", f"{where} cannot be used ({error.strerror})", remedy)
    server.close()
    await server.wait_closed()
    return report_ok("port", f"{where} is free")


async def check_public_url(http: aiohttp.ClientSession, settings: Settings) -> CheckResult:
    """Check that PUBLIC_URL leads to this OsmoDesk, which has to run for that."""
    if settings.public_url is None:
        return report_ok("public address", "PUBLIC_URL is not set: updates are fetched by polling")
    try:
        answer = http.get(
            f"{settings.public_url}/healthz", timeout=aiohttp.ClientTimeout(total=_TIMEOUT)
        )
        async with answer as response:
            if response.status == _OK:
                return report_ok("public address", f"{settings.public_url} leads to OsmoDesk")
            problem = f"HTTP {response.status}"
    except (aiohttp.ClientError, TimeoutError) as error:
        problem = type(error).__name__
    remedy = "start osmodesk run, and check that the proxy leads to it with a valid certificate"
    return report_warning(
        "public address", f"{settings.public_url}/healthz does not answer: {problem}", remedy
    )


async def _is_us(http: aiohttp.ClientSession, settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 compared, not bound
    host = f"[{host}]" if ":" in host else host
    try:
        answer = http.get(
            f"http://{host}:{settings.port}/healthz",
            timeout=aiohttp.ClientTimeout(total=_SHORT_TIMEOUT),
        )
        async with answer as response:
            return response.status == _OK
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()
