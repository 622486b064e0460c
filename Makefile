# make serve   builds the record and serves it on http://127.0.0.1:8000
# make test    lints, type-checks and tests everything
# make check   every check of the record
# make bench   the benchmarks
# make docs    docs/shapes.md, from the shapes and their cases, and site/locale/onrecord.pot, every string of the pages

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: serve test check bench build docs browser

serve: $(STAMP)
	$(BIN)/onrecord serve

build: $(STAMP)
	$(BIN)/onrecord build

test: $(STAMP) browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

check: $(STAMP)
	$(BIN)/onrecord check

bench: $(STAMP)
	$(BIN)/python bench/point_queries.py
	$(BIN)/python bench/endpoints.py
	$(BIN)/python bench/scale.py
	$(BIN)/python bench/kills.py
	$(BIN)/python bench/mutations.py
	$(BIN)/python bench/pages.py

# The tests drive a real browser: Debian's, installed where it is missing and may be.
browser:
	command -v chromium >/dev/null || { apt-get update -qq && apt-get install -qq --yes --no-install-recommends chromium fonts-dejavu-core >/dev/null; } || { echo "The tests need Chromium. Install it: apt-get install chromium"; exit 1; }

docs: $(STAMP)
	$(BIN)/python tests/shapes_page.py
	$(BIN)/python tests/pot.py

$(STAMP): requirements.txt pyproject.toml hatch_build.py site/package-lock.json
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "onrecord needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	touch $(STAMP)
