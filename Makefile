# The two commands: `make demo` and `make test`. Both make what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# Compiled tests are kept wherever that can be done: the next run starts in half the time.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test check unit bench contract clean system

demo: $(VENV)/.installed
	$(BIN)/hall24 demo $(ARGS)

test: $(VENV)/.installed-dev system check
	$(BIN)/python -m pytest --hypothesis-profile=thorough $(ARGS)

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.installed-dev
	$(BIN)/python -m pytest tests/unit $(ARGS)

bench: $(VENV)/.installed-dev
	$(BIN)/hall24 bench $(ARGS)

contract: $(VENV)/.installed
	$(BIN)/hall24 contract

# Installs by apt what tests want (as root on Debian or Ubuntu), else says what to install.
system: $(VENV)/.installed
	$(BIN)/python -m hall24.system --install

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev,voice]"
	touch $@

clean:
	rm -rf $(VENV) build dist run *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
