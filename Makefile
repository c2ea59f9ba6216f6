# make run: set everything up and start the dashboard.  make test: set everything up and pass the tests.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: run demo test check format bench picture snapshots clean

run: $(VENV)/.installed
	@$(BIN)/makerhour $(ARGS)

demo: $(VENV)/.installed
	@$(BIN)/makerhour --demo

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks $(ARGS)

picture: $(VENV)/.installed-dev
	$(BIN)/python -m docs.picture

# The pictures of all screens that tests compare with, in tests/pictures: look at those that differ.
snapshots: $(VENV)/.installed-dev
	rm -f tests/pictures/*.svg
	MAKERHOUR_SNAPSHOTS=renew $(BIN)/python -m pytest -q tests/test_pictures_app.py
	@git status --short tests/pictures

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("makerhour needs Python 3.11 or newer; name one: make PYTHON=python3.12 run" if sys.version_info < (3, 11) else 0)'
	@new=$$(test -e "$(VENV)" || echo yes); \
	$(PYTHON) -m venv "$(VENV)" || { test -z "$$new" || rm -rf "$(VENV)"; echo "the venv module is missing: on Debian and Ubuntu, apt install python3-venv"; exit 1; }

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	@echo "setting up in $(VENV) (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml
	@echo "setting up with the test tools in $(VENV) (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
