# OsmoDesk in a container: `osmodesk run` on port 8080, everything that it writes in /data.
FROM python:3.12-slim-bookworm

# ffmpeg converts voice messages and videos; mariadb-client writes backups of MariaDB and MySQL.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ffmpeg mariadb-client \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --system --user-group --uid 10001 --home-dir /data --shell /usr/sbin/nologin osmodesk \
    && install -d -o osmodesk -g osmodesk -m 750 /data /data/backups

WORKDIR /opt/osmodesk
COPY requirements-tools.txt requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements-tools.txt \
    && pip install --no-cache-dir --require-hashes -r requirements.txt

COPY LICENSE README.md pyproject.toml ./
COPY alembic ./alembic
COPY api ./api
COPY bot ./bot
COPY bridge ./bridge
COPY console ./console
COPY db ./db
COPY desk ./desk
COPY sandbox ./sandbox
COPY scripts ./scripts
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && python -m compileall -q .

USER osmodesk
WORKDIR /data
VOLUME /data
# Only the container's own network reaches it, unless you publish the port.
ENV HOST=0.0.0.0 PORT=8080
EXPOSE 8080
HEALTHCHECK --start-period=30s --interval=30s --timeout=5s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
# The process ends within 3 seconds of SIGTERM.
STOPSIGNAL SIGTERM
CMD ["osmodesk", "run"]
