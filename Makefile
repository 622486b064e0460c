# make serve   builds the record and serves it on http://127.0.0.1:8000
# make test    lints, type-checks and tests everything
# make check   every check of the record
# make bench   the benchmarks
# make docs    docs/shapes.md, from the shapes and their cases

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: serve test check bench build docs

serve: $(STAMP)
	$(BIN)/onrecord serve

build: $(STAMP)
	$(BIN)/onrecord build

test: $(STAMP)
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

docs: $(STAMP)
	$(BIN)/python tests/shapes_page.py

$(STAMP): requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "onrecord needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	touch $(STAMP)
