# Two commands matter: `make run` and `make test`. Everything lives in .venv and .run.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
PORT ?= 8000
ALL ?=
BIN := .venv/bin
READY := .venv/installed-$(shell cksum < requirements.txt | tr ' ' '-')
export PORT

.PHONY: help run test coverage bench lint format messages lock clean
.DEFAULT_GOAL := help

help: ## say what can be made
	@sed -n 's/^\([a-z%-]*\):.*## \(.*\)/  make \1	\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22

run: $(READY) ## run everything here, with demo data, on PORT (8000)
	@exec $(BIN)/python -m config.serve

test: $(READY) ## run every suite this machine can; ALL=1: a suite left out is a failure
	@exec $(BIN)/python -m tests.run $(if $(ALL),--all)

coverage: $(READY) ## say which lines and branches the unit suite never runs
	@$(BIN)/python -m pytest -q -n auto --cov --cov-report=term -m "not redis and not worker and not browser and not scanner and not postgres"

bench: $(READY) ## measure everything and write bench/RESULTS.md; bench-NAME: one script
	@for script in bench/[a-z]*.py; do echo "# $$script"; $(BIN)/python "$$script" || exit 1; done | tee bench/RESULTS.md

bench-%: $(READY)
	@exec $(BIN)/python bench/$*.py

lint: $(READY) ## check style, types, layers, migrations and the production settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy config exports documents reviews
	$(BIN)/lint-imports
	DATABASE_URL=sqlite:///:memory: $(BIN)/python manage.py makemigrations --check --dry-run

format: $(READY) ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(READY) ## collect the sentences to translate, and compile the translations
	$(BIN)/python manage.py makemessages --locale zh_Hans --no-location --no-obsolete --ignore tests --ignore bench
	$(BIN)/python manage.py compilemessages --locale zh_Hans --ignore '.venv'

lock: $(READY) ## lock the dependencies of pyproject.toml into requirements.txt
	# Extras stay in the names: without them pip looks for a newer coverage[toml] than the one locked.
	uv pip compile --universal --generate-hashes --no-strip-extras --python-version 3.11 --no-header --output-file requirements.txt pyproject.toml

clean: ## remove the environment and everything made here, demo data included
	rm -rf .venv .run .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(READY): requirements.txt
	@test -n "$(PYTHON)" || { echo "Chuguan needs Python 3.11 or newer. Install one, or say which: make run PYTHON=/usr/bin/python3.12"; exit 1; }
	@test -x $(BIN)/python || { echo "Creating the environment in .venv …"; $(PYTHON) -m venv .venv; } || \
		{ rm -rf .venv; echo "Python cannot create an environment. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Installing the locked packages, a minute or two …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@rm -f .venv/installed-* && touch $@
