# The two commands for everyone: make demo, make test. `make` alone lists the rest.
.DEFAULT_GOAL := help
.PHONY: help demo run test check fix migrate stop bench-kpis bench-fleet bench-pdf
PY := .venv/bin/python
ARGS ?=

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

demo: ## Make two agencies with three-year books and serve them (ARGS="--fresh --port 8001")
	@scripts/bootstrap demo
	@$(PY) manage.py demo $(ARGS)

run: ## Serve the development server on the demo's data, reloading on change
	@scripts/bootstrap dev
	@$(PY) manage.py runserver $(ARGS)

test: ## Run the whole suite in two processes on throwaway servers, network closed (ARGS="-k name")
	@scripts/bootstrap dev
	@$(PY) -m pytest -n 2 $(ARGS)

check: ## Format, lint, import direction, types, templates, migrations, deployment settings, bans
	@scripts/bootstrap dev
	@$(PY) scripts/check.py

fix: ## Repair what the formatter and the linter can repair by themselves
	@scripts/bootstrap dev
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

migrate: ## Bring the public schema and every agency to the newest migration
	@scripts/bootstrap demo
	@$(PY) manage.py migrate_schemas $(ARGS)

stop: ## Stop the embedded servers if a killed command left them running
	@scripts/bootstrap demo
	@$(PY) manage.py stop_servers

bench-kpis: ## Measure facts, KPIs and their pages, and check them against DuckDB (ARGS="--clients 50")
	@scripts/bootstrap dev
	@$(PY) -m bench.kpis $(ARGS)

bench-fleet: ## Measure the nightly job of many agencies on two processes (ARGS="--agencies 100")
	@scripts/bootstrap dev
	@$(PY) -m bench.fleet $(ARGS)

bench-pdf: ## Measure the printing of a 12-page review, beside Chromium (ARGS="--batch 10")
	@scripts/bootstrap dev
	@$(PY) -m bench.pdf $(ARGS)
