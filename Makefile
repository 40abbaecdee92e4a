# The two commands that matter: `make run` starts Huiyin with demo data, `make test` checks all of
# it. Both install what they need by themselves; a second start installs nothing.
.DEFAULT_GOAL := help
.PHONY: help run test bench test-foreign torture lint format install install-test messages lock clean

help: ## what each command does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: ## start Huiyin with demo data on http://127.0.0.1:8000
	@scripts/install.sh run
	@exec .venv/bin/huiyin serve --demo

test: ## every check and every test, on SQLite and PostgreSQL, with a browser
	@scripts/install.sh test
	@scripts/test.sh

bench: ## measure throughput and latency; writes one JSON and a table
	@scripts/install.sh test
	@exec .venv/bin/python -m bench

test-foreign: ## check what Huiyin writes with other people's verifiers
	@scripts/install.sh test
	@scripts/test_foreign.sh

torture: ## change the register behind its back 5,000 times; all must be found (minutes)
	@scripts/install.sh test
	@TAMPER_ROUNDS=60 .venv/bin/python -m pytest tests/apps/test_tampering.py -q --durations=5

lint: ## ruff, mypy, import-linter
	@scripts/install.sh test
	@scripts/lint.sh

format: ## put the code into ruff's format
	@scripts/install.sh test
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

install: ## make .venv with what a running office needs
	@scripts/install.sh run

install-test: ## make .venv with the tests' needs as well
	@scripts/install.sh test

messages: ## collect the texts to translate into src/huiyin/locale and compile them
	@scripts/install.sh test
	@.venv/bin/python scripts/collect_messages.py
	@.venv/bin/python scripts/compile_messages.py

lock: ## pin every dependency anew (needs the network)
	@scripts/lock.sh --upgrade

clean: ## remove what the commands above made; never the data folder
	rm -rf .venv .venv-tools build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests scripts bench -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f src/huiyin/locale/*/LC_MESSAGES/*.mo
