# Only Python 3.11+ and make are assumed. Everything is installed into .venv, nothing into the system's Python.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
USER ?= operator@dezky.local
APP ?= dezky-operator

# `make token USER=…` means the person who signs in; make would else take the shell's USER.
ifeq ($(origin USER),environment)
USER := operator@dezky.local
endif

.PHONY: help run token env reset chromium screenshots threats test check format lint types contracts bench bench-ledger package verify-template lock deployed-test deploy clean
.DEFAULT_GOAL := help

help:  ## What can be called
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: $(READY)  ## Start everything on loopback; Ctrl-C stops it
	@$(BIN)/python -m infra.local.run

token: $(READY)  ## Print an access token: make token USER=operator@dezky.local APP=dezky-operator
	@$(BIN)/python -m infra.local.token --user "$(USER)" --app "$(APP)"

env: $(READY)  ## Print the variables with which plain `chalice local` serves the API
	@$(BIN)/python -m infra.local.settings

reset:  ## Forget all local data
	rm -rf .local

# Browser tests need Chromium. It is installed where that is possible; elsewhere they are skipped and say so.
CAN_INSTALL = [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null
chromium:
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || ! { $(CAN_INSTALL); } || { \
		echo "Installing Chromium …"; export DEBIAN_FRONTEND=noninteractive; \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	} || echo "Chromium could not be installed: the browser tests are skipped"

test: $(READY) chromium  ## Every test that this machine can run
	@$(BIN)/python -m pytest -n 2 --dist loadscope --cov --cov-report=term-missing:skip-covered -q

check: format lint types contracts test  ## The whole gate, the same here and in CI

format: $(READY)
	@$(BIN)/ruff format --check --diff .

lint: $(READY)
	@$(BIN)/ruff check .

types: $(READY)
	@$(BIN)/mypy

contracts: $(READY)
	@$(BIN)/lint-imports

sim: $(READY)  ## Simulate the reconcile engine: make sim SEEDS=0:1000
	@$(BIN)/python -m tests.simulation --seeds "$(or $(SEEDS),0:200)" --jobs 2

screenshots: $(READY) chromium  ## Take pictures of every screen into docs/screens/
	@$(BIN)/python -m infra.local.screenshots

threats: $(READY)  ## Write docs/threats.md from the names of the tests; make threats ROW=AZT-02 names those of a row
	@$(BIN)/python -m tests.security.threats $(ROW)

bench: $(READY)  ## Measure the hot paths
	@$(BIN)/python -m bench

bench-ledger: $(READY)  ## Measure money on a million ledger events; takes half an hour
	@$(BIN)/python -m bench.ledger

package: $(READY)  ## Build the zip and the templates into build/
	@$(BIN)/python -m infra.aws.package

verify-template: $(READY)  ## Check the template: cfn-lint, checkov, our own rules
	@$(BIN)/python -m infra.aws.verify

deployed-test: $(READY)  ## Deploy the package to MiniStack and drive it over HTTP
	@$(BIN)/python -m pytest -q -p no:cacheprovider tests/deployed

deploy: $(READY)  ## Deploy build/ to AWS: make deploy STAGE=dev [DRY_RUN=1]
	@$(BIN)/python -m infra.aws.deploy --stage "$(STAGE)" $(if $(DRY_RUN),--dry-run)

lock: $(READY)  ## Write requirements.lock anew, after a change of requirements.txt
	@$(BIN)/python -m infra.aws.lock

clean: reset
	rm -rf $(VENV) .tools build

$(READY): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed (PYTHON=python3.12 make …)")'
	@echo "Installing into $(VENV) (about a minute the first time) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@{ $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -r requirements-dev.txt \
		&& echo 0 > $(VENV)/.status || echo 1 > $(VENV)/.status; } \
		| awk '/^Collecting/ {printf "\r  %-60.60s", $$2; fflush()} END {printf "\r  %-60s\n", "done"}'
	@test "$$(cat $(VENV)/.status)" = 0
	@touch $@
