# The commands of the project. Without make (Windows): the same steps stand as plain lines in docs/install.md.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
DEMO := data/sample
DEMO_INPUTS := $(DEMO)/itsq.toml $(wildcard $(DEMO)/exports/* $(DEMO)/registers/* $(DEMO)/calendar/*)
REPORTS := $(patsubst notebooks/%_report.ipynb,%,$(wildcard notebooks/*_report.ipynb))
SOURCES := $(shell find itsq_analysis notebooks templates -type f -not -name '*.pyc' 2>/dev/null)

.PHONY: help report test check lint format lab browser databases java spark bench lock docs pictures site demo clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 12

# Environments: one .venv; the development tools come on top of what runs.
$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# The demo workspace is loaded once.
$(DEMO)/store/loaded: $(VENV)/installed $(DEMO_INPUTS) $(SOURCES)
	$(BIN)/itsq load -w $(DEMO)
	@touch $@

reports/made: $(DEMO)/store/loaded
	@mkdir -p reports
	$(BIN)/itsq run $(REPORTS) -w $(DEMO) --lang en,zh --out reports
	$(BIN)/itsq run service -w $(DEMO) --services E-mail --lang en,zh --out reports
	@touch $@

report: reports/made ## every report of the demo organisation, and one service review, in English and Chinese
	@ls reports/*.html

browser: ## Chromium and a Chinese font for the browser tests
	@if command -v chromium >/dev/null || command -v google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium fonts-noto-cjk >/dev/null; \
	else echo "For the browser tests install Chromium and a Chinese font, on Debian: sudo apt-get install chromium fonts-noto-cjk"; fi

databases: ## PostgreSQL and MariaDB for the tests of pulls, which start servers of their own
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && command -v mariadb-install-db >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends postgresql mariadb-server >/dev/null; \
	else echo "For the tests of databases install their servers, on Debian: sudo apt-get install postgresql mariadb-server"; fi

# axe-core, which the accessibility tests run in the browser; nothing else comes from npm.
node_modules/installed: package-lock.json
	@if command -v npm >/dev/null; then npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@; \
	else echo "For the accessibility tests install Node.js, which brings npm, on Debian: sudo apt-get install npm"; fi

test: $(VENV)/installed-dev node_modules/installed $(if $(CI),browser databases) ## all tests
	$(BIN)/python -m pytest -n 2 -m "not spark"

java: ## Java for the tests with Spark
	@if command -v java >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends default-jre-headless >/dev/null; fi

# Spark is large and needs Java 17; its tests are a step of their own.
spark: $(VENV)/installed-dev $(if $(CI),java) ## the tests with a real Spark
	@if command -v java >/dev/null; then $(PIP) install --require-hashes -r requirements-spark.lock && $(BIN)/python -m pytest -m spark tests/indicators/test_spark.py; \
	else echo "The tests with Spark are left out: they need Java 17, on Debian: sudo apt-get install default-jre-headless"; fi

lint: $(VENV)/installed-dev ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test ## style, types and tests

format: $(VENV)/installed-dev ## put the code in the house's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lab: $(VENV)/installed-dev $(DEMO)/store/loaded ## JupyterLab on the notebooks, with the demo workspace
	ITSQ_WORKSPACE=$(CURDIR)/$(DEMO) $(BIN)/jupyter lab notebooks/start.ipynb

bench: $(VENV)/installed-dev $(DEMO)/store/loaded ## measure against peers; results in bench/RESULTS.md
	$(BIN)/python -m bench

docs: $(VENV)/installed ## data dictionary, indicator list and tools, from the TOML files
	$(BIN)/python -m itsq_analysis.tables.dictionary docs
	$(BIN)/python -m itsq_analysis.indicators.document docs
	$(BIN)/python -m itsq_analysis.ingest.recognition.pages docs

pictures: $(VENV)/installed-dev report ## the pictures of the documentation, from the demo organisation
	$(BIN)/python docs/pictures.py reports docs/pictures
	$(BIN)/python docs/charts.py $(DEMO) docs/pictures

site: $(VENV)/installed-dev reports/made ## the documentation as pages that need no network: see build/site/index.html
	$(BIN)/python -m tools.site build/site reports

demo: $(VENV)/installed ## make the demo data again (same seed, same bytes)
	$(BIN)/python -m tools.demo $(DEMO)

lock: $(VENV)/installed-dev ## pin the newest allowed versions, with hashes, for all systems
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 pyproject.toml --group build -o requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 pyproject.toml --extra dev --group build -o requirements-dev.lock

clean: ## remove what was built, not the demo data
	rm -rf $(VENV) node_modules reports $(DEMO)/store $(DEMO)/forecasts $(DEMO)/reports $(DEMO)/cache .pytest_cache .mypy_cache .ruff_cache
