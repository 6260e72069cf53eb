# Each target is what a person or CI types; nothing else is needed.
PY      ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
STAMP   := $(VENV)/.set-up
PYTEST  := $(BIN)/python -m pytest

.PHONY: help setup web demo test lint lint-web test-web promises bench lock clean

help:
	@echo "make setup     a virtual environment in .venv, and the Debian packages that are missing, where this user may install them"
	@echo "make demo      a live estate of simulated devices; Ctrl-C ends it"
	@echo "make web       the pages for browsers, from dashboards/ into hub/web; a hub that runs has to be started again"
	@echo "make test      lint, types and all tests"
	@echo "make promises  the fault injections in full; ends with a table; HOURS=1 begins nothing after an hour"
	@echo "make bench     every measurement beside its bare limit"
	@echo "make lock      pin the dependencies anew (needs uv)"

setup: $(STAMP)

$(STAMP): requirements.lock requirements-models.lock pyproject.toml hatch_build.py deploy/packages.sh
	sh deploy/packages.sh
	$(PY) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-models.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Nothing is done where no source has changed.
web: setup
	$(BIN)/python hatch_build.py

demo: web
	$(BIN)/watchkeeper demo

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lint-web: setup
	$(BIN)/python hatch_build.py lint

test-web: setup
	$(BIN)/python hatch_build.py test

test: lint lint-web test-web web
	$(PYTEST) -n 2 --dist loadgroup

promises: setup
	$(BIN)/python -m tests.faults.promises $(if $(HOURS),--hours $(HOURS))

bench: setup
	$(BIN)/watchkeeper bench all

lock:
	uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header -o requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) hub/web dashboards/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
