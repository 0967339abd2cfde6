# make demo and make test do all they need from a bare clone; everything else expects set-up.

PYTHON ?= python3.11
BIN := .venv/bin
STAMP := .venv/installed

.PHONY: demo test check quick golden bench clean

demo: $(STAMP)
	$(BIN)/gisa build samples/news.jsonl --index-dir var/demo
	$(BIN)/gisa search "KT는 왜 탈락했나?" --index-dir var/demo -k 3
	$(BIN)/gisa search "why was KT excluded from the AI foundation model project?" --index-dir var/demo -k 3
	$(BIN)/gisa search "한울텔레콤 통신 장애 보상" --index-dir var/demo -k 3

test: $(STAMP) check

check:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

quick:
	$(BIN)/pytest -m "not slow"

golden:
	UPDATE_GOLDEN=1 $(BIN)/pytest tests/golden tests/http tests/system

bench:
	$(BIN)/python benchmarks/build_speed.py
	$(BIN)/python benchmarks/search_speed.py
	$(BIN)/python benchmarks/start_speed.py

clean:
	rm -rf .venv var *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv || python3 -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade --constraint constraints.txt pip setuptools
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $(STAMP)
