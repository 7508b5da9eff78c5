PYTHON ?= python3.11
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run test fuzz check format speed scale lock clean

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/.installed ## install, index corpus/, search once, serve on 127.0.0.1:$(PORT)
	@$(BIN)/kb serve --port $(PORT) --ingest corpus --sample 客户报修后多久必须响应

test: $(VENV)/.installed-dev ## install what the tests need and pass them
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

fuzz: $(VENV)/.installed-dev ## look for new cases that break a property
	@$(BIN)/python -m pytest -m hypothesis --hypothesis-profile=fuzz

check: $(VENV)/.installed-dev ## format, lint and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: $(VENV)/.installed-dev ## bring the code into its format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

speed: $(VENV)/.installed-dev ## measure speed and put the table into the README
	@$(BIN)/python -m eval speed --write

scale: $(VENV)/.installed-dev ## measure how ingestion grows and put the table into the README
	@$(BIN)/python -m eval ingest --write

lock: $(VENV)/.installed-dev ## pin what is installed now
	@$(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu$$//' > constraints.txt

clean: ## remove the environment and the tests' model, keep .kb-data
	@rm -rf $(VENV) .kb-test

$(VENV)/.installed: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	@echo "安装依赖（首次约需几分钟）…"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@$(PIP) --editable '.[dev,ocr]'
	@touch $@ $(VENV)/.installed
	@touch $@
