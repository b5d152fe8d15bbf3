# The workshop's front door: `make` lists what there is.
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo test test-long services check bench chaos lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1~\2/p' Makefile | awk -F'~' '{ printf "%-20s %s\n", $$1, $$2 }'

install: .venv/.installed ## the osmodesk command in .venv, everything pinned
	@:
install-dev: .venv/.installed-dev ## the same with what the checks and tests need
	@:

# Stamps: a warm call only compares their times with those of the pins.
.venv/.tools: requirements-tools.txt scripts/workshop/venv.sh
	@PYTHON="$(PYTHON)" sh scripts/workshop/venv.sh
	@touch $@

.venv/.installed: .venv/.tools requirements.txt pyproject.toml scripts/workshop/install.sh
	@sh scripts/workshop/install.sh requirements.txt
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	@sh scripts/workshop/install.sh requirements-dev.txt
	@touch $@

demo: install ## a help desk to play with, no token needed (Ctrl-C ends it)
	@exec $(BIN)/osmodesk demo $(ARGS)

services: # what the tests talk to, where it is missing and may be installed
	@sh scripts/workshop/services.sh

test: install-dev services ## the tests, on a fresh machine too (ARGS="tests/db -x")
	@exec $(BIN)/pytest -n 3 --dist loadfile -m "not long" $(ARGS)

test-long: install-dev services ## more seeds, screen sizes and examples of what `make test` runs a few of
	@exec $(BIN)/pytest -n 3 --dist loadfile -m long $(ARGS)

check: install-dev ## format, lint, types, import contracts, housekeeping
	@sh scripts/workshop/check.sh

bench: install-dev ## the benchmarks
	@exec $(BIN)/osmodesk bench $(ARGS)

chaos: install-dev services ## fault injection
	@exec $(BIN)/osmodesk chaos $(ARGS)

lock: .venv/.tools ## pin and hash requirements*.txt anew (ARGS=--upgrade takes newer versions)
	@sh scripts/workshop/lock.sh $(ARGS)

clean: ## remove .venv and every cache
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
