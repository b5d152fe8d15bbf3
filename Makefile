# The entry point for development: `make` lists the targets.
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo test test-long services check bench chaos docs lock clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1~\2/p' Makefile | awk -F'~' '{ printf "%-20s %s\n", $$1, $$2 }'

install: .venv/.installed ## install the osmodesk command in .venv, with pinned versions
	@:
install-dev: .venv/.installed-dev ## install also what the checks and tests need
	@:

# Stamp files: a repeated call only compares their times with the requirements files.
.venv/.tools: requirements-tools.txt scripts/workshop/venv.sh
	@PYTHON="$(PYTHON)" sh scripts/workshop/venv.sh
	@touch $@

.venv/.installed: .venv/.tools requirements.txt pyproject.toml scripts/workshop/install.sh
	@sh scripts/workshop/install.sh requirements.txt
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	@sh scripts/workshop/install.sh requirements-dev.txt
	@touch $@

demo: install ## run a help desk to try, no token needed (Ctrl-C stops it)
	@exec $(BIN)/osmodesk demo $(ARGS)

services: # install the servers that tests need, where they are missing and may be installed
	@sh scripts/workshop/services.sh

test: install-dev services ## run the tests, on a fresh machine too (ARGS="tests/db -x")
	@exec sh scripts/workshop/test.sh $(BIN)/pytest -m "not long" $(ARGS)

test-long: install-dev services ## run what takes long: more seeds, sizes, examples; the API and flows on MariaDB
	@exec sh scripts/workshop/test.sh $(BIN)/pytest -m long $(ARGS)

check: install-dev ## check format, lint, types, import contracts, housekeeping
	@sh scripts/workshop/check.sh

bench: install-dev ## run the benchmarks
	@exec $(BIN)/osmodesk bench $(ARGS)

chaos: install-dev services ## test delivery with fault injection
	@exec $(BIN)/osmodesk chaos $(ARGS)

docs: install ## write the pages that are made from the code (docs/settings.md)
	@$(BIN)/python -m scripts.configuration.reference > docs/settings.md.new
	@mv docs/settings.md.new docs/settings.md

lock: .venv/.tools ## pin and hash requirements*.txt again (ARGS=--upgrade for newer versions)
	@sh scripts/workshop/lock.sh $(ARGS)

clean: ## remove .venv and every cache
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
