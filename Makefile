# Needs Python >= 3.11 with its venv module, and make. Everything else is installed into .venv.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: demo install test lint acceptance bench corpus standards fuzz advice format lock messages clean
.DEFAULT_GOAL := help

help:  ## list what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/run  ## the whole product, with people to write to, on this machine only
	@$(BIN)/bienrecu demo

install: $(VENV)/run  ## the command .venv/bin/bienrecu

test: $(VENV)/dev  ## unit and site tests, on SQLite and on PostgreSQL
	@$(BIN)/python tests/run.py

lint: $(VENV)/dev  ## format, lint, types, arrows between folders
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

acceptance: $(VENV)/acceptance  ## real Postfix, PostgreSQL, Dovecot, Chromium (installs them when root)
	@$(BIN)/python tests/acceptance/run.py

bench: $(VENV)/acceptance  ## ratios against peers and baselines
	@$(BIN)/python -m benchmarks

corpus: $(VENV)/corpus  ## how well returns are read, over the labelled corpus beside the repository
	@$(BIN)/python tools/corpus.py

standards: $(VENV)/standards  ## the standards' own cases, which stand beside the repository, with reference tools beside us
	@$(BIN)/python tools/standards.py

fuzz: $(VENV)/dev  ## 200,000 damaged and invented reports (several minutes)
	@$(BIN)/python -m tests.fuzz $(COUNT)

advice: $(VENV)/dev  ## how much is said of ordinary mails and of bad ones, and the agreement with rspamd
	@$(BIN)/python tools/advice.py

format: $(VENV)/dev
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format -q .

messages: $(VENV)/dev  ## collect what is to be translated, compile what is
	@$(BIN)/python tools/messages.py

lock:
	uv pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 --no-header -q -o requirements/run.txt
	uv pip compile pyproject.toml --group test --universal --generate-hashes --python-version 3.11 --no-header -q -o requirements/dev.txt
	uv pip compile pyproject.toml --group test --group acceptance --universal --generate-hashes --python-version 3.11 --no-header -q -o requirements/acceptance.txt
	uv pip compile pyproject.toml --group test --group corpus --universal --generate-hashes --python-version 3.11 --no-header -q -o requirements/corpus.txt
	uv pip compile pyproject.toml --group test --group standards --universal --generate-hashes --python-version 3.11 --no-header -q -o requirements/standards.txt
	uv pip compile --group build --universal --generate-hashes --python-version 3.11 --no-header -q -o requirements/build.txt

clean:
	rm -rf $(VENV) .demo .pytest_cache .mypy_cache .ruff_cache

# Each stamp is one more layer of the same environment; it is redone when its lock changes.
$(VENV)/made:
	@echo "Making the environment in $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Bien Reçu needs Python 3.11 or later; here: $$($(PYTHON) --version)."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run: requirements/run.txt requirements/build.txt pyproject.toml | $(VENV)/made
	@echo "Installing what Bien Reçu needs ..."
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --require-hashes -r requirements/build.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: requirements/dev.txt $(VENV)/run
	@echo "Installing what the tests need ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/acceptance: requirements/acceptance.txt $(VENV)/dev
	@echo "Installing what the acceptance tests need ..."
	@$(PIP) install --require-hashes -r requirements/acceptance.txt
	@touch $@

$(VENV)/corpus: requirements/corpus.txt $(VENV)/dev
	@echo "Installing what reading returns is measured against ..."
	@$(PIP) install --require-hashes -r requirements/corpus.txt
	@touch $@

$(VENV)/standards: requirements/standards.txt $(VENV)/dev
	@echo "Installing what stands beside us in the standards' cases ..."
	@$(PIP) install --require-hashes -r requirements/standards.txt
	@touch $@
