# The commands of the house. They need Python 3.11 or newer and nothing else: everything goes into .venv, var and .cache
# in this folder. Another Python: make demo PYTHON=python3.12. How each one is used: CONTRIBUTING.md.

.DEFAULT_GOAL := help
.PHONY: help demo serve bench test test-postgres check check-deep lint format-check templates types migrations architecture audit \
	format lock clean runtime-packages test-packages
.NOTPARALLEL:

# Tests and checks look at this checkout only: nothing that a shell has set for a real site reaches them.
ISOLATED = unset DATABASE_URL CACHE_URL STORAGE_URL EMAIL_URL SEARCH_URL SECRET_KEY ALLOWED_HOSTS SITE_URL \
	DJANGO_SETTINGS_MODULE; export DEBUG=1
# Chromium and other tools keep what they would leave in a home folder, and pytest its temporary files, in .cache.
AT_HOME = mkdir -p .cache/tmp .cache/home; export XDG_CACHE_HOME="$(CURDIR)/.cache/home" \
	XDG_CONFIG_HOME="$(CURDIR)/.cache/home" PYTEST_DEBUG_TEMPROOT="$(CURDIR)/.cache/tmp"
# Many tests start programs of ours: each is compiled once, also where a shell says that Python shall keep nothing.
PYTEST = env -u PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX="$(CURDIR)/.cache/pyc" .venv/bin/python -m pytest -n 2
# The two exceptions end without a line break, because a full stop may follow the moment that they print.
TEMPLATES = find templates -name '*.html' ! -name _moment.html ! -name _day.html -exec .venv/bin/djade --target-version 5.2

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

demo: runtime-packages  ## load the demo network and serve it on http://127.0.0.1:8000 (PORT=9000 for another port)
	@exec .venv/bin/python manage.py demo

serve: runtime-packages  ## the production start on this machine: gunicorn and the worker, settings from the environment
	@exec .venv/bin/python bin/serve

test: test-packages  ## the whole suite on SQLite (TEST_ARGS="tests/articles -k slug", REQUIRE_BROWSER=1)
	@$(ISOLATED); $(AT_HOME); exec $(PYTEST) $(TEST_ARGS)

test-postgres: test-packages  ## the tests that touch the database, on the PostgreSQL at TEST_POSTGRES_URL
	@[ -n "$$TEST_POSTGRES_URL" ] || { echo "Say which PostgreSQL to use: make test-postgres" \
		"TEST_POSTGRES_URL=postgres://someone@127.0.0.1:5432/postgres (a superuser of it)." >&2; exit 1; }
	@$(ISOLATED); $(AT_HOME); export DATABASE_URL="$$TEST_POSTGRES_URL"; exec $(PYTEST) -m "database and not looks" $(TEST_ARGS)

bench: test-packages  ## how fast it is, beside a floor measured in the same run (BENCH_ARGS="--articles 100000", or --quick)
	@unset CACHE_URL STORAGE_URL SEARCH_URL SECRET_KEY ALLOWED_HOSTS SITE_URL DJANGO_SETTINGS_MODULE PORT; \
		exec .venv/bin/python bench/run.py $(BENCH_ARGS)

check: lint format-check templates types migrations architecture audit  ## everything that is not a test: make -k check for all of it at once

check-deep: test-packages  ## the tests that search at random, for 50,000 steps instead of 2,000
	@$(ISOLATED); $(AT_HOME); export HYPOTHESIS_PROFILE=deep; exec $(PYTEST) -m deep $(TEST_ARGS)

lint: test-packages
	@echo "ruff: rules"; .venv/bin/ruff check --quiet --output-format=concise .

format-check: test-packages
	@echo "ruff: layout"; .venv/bin/ruff format --quiet --check . || { echo "Run make format." >&2; exit 1; }

templates: test-packages
	@echo "djade: templates"; $(TEMPLATES) --check {} + || { echo "Run make format." >&2; exit 1; }

types: test-packages
	@echo "mypy: types"; $(ISOLATED); .venv/bin/mypy --no-error-summary

migrations: test-packages
	@echo "django: settings and migrations"; $(ISOLATED); .venv/bin/python manage.py check --fail-level WARNING && \
		.venv/bin/python manage.py makemigrations --check --dry-run

architecture: test-packages
	@echo "architecture"; $(ISOLATED); $(AT_HOME); .venv/bin/python -m pytest -q tests/test_architecture.py

audit: test-packages  ## known vulnerabilities of the locked packages, where their database can be reached
	@printf 'audit: '; .venv/bin/python bin/audit

format: test-packages  ## put code and templates into the house's layout
	@.venv/bin/ruff check --quiet --fix .; .venv/bin/ruff format --quiet .; $(TEMPLATES) {} + || true

lock: test-packages  ## write both locks anew after a change in a requirements file (UPGRADE=1 takes the newest of all)
	@bin/lock

clean:  ## remove .venv and every cache; the database and media in var stay
	@rm -rf .venv .cache .hypothesis build *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

runtime-packages:
	@bin/venv runtime

test-packages:
	@bin/venv test
