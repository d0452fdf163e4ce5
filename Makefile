# Two commands for a newcomer: `make demo` and `make test`. `make help` lists the rest.
# Everything is installed into .venv; what a machine must have besides is checked by setup/system.

VENV   := .venv
BIN    := $(VENV)/bin
STORE  ?=
SDN    ?=
PYTHON ?= python3

.PHONY: help demo test check lint types contracts serve bench fuzz openapi clean

help:  ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.base  ## Trace the sample case; STORE=bolt://… on a Neo4j, SDN=DIR with the full OFAC list
	$(BIN)/cuibono demo $(if $(STORE),--store $(STORE)) $(if $(SDN),--sdn $(SDN))

serve: $(VENV)/.base  ## Serve the API of the demo workspace on 127.0.0.1
	$(BIN)/cuibono serve --workspace workspace/demo

test: $(VENV)/.dev  ## Every test, on the embedded network and on a real Neo4j
	@setup/system test
	$(BIN)/pytest -n 2 --dist loadgroup $(PYTEST_ARGS)

check: lint types contracts test  ## All that CI runs

lint: $(VENV)/.dev  ## Style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev  ## Types
	$(BIN)/mypy

contracts: $(VENV)/.dev  ## Who may import whom
	$(BIN)/lint-imports

openapi: $(VENV)/.dev  ## Write api/openapi.json anew
	CUIBONO_BLESS=1 $(BIN)/pytest -q -p no:randomly tests/api -k openapi

fuzz: $(VENV)/.dev  ## Give every reader 100,000 odd files, a million in all; goes on where it was stopped
	$(BIN)/python -m tests.fuzz.run $(FUZZ_ARGS)

bench: $(VENV)/.dev  ## Compare with Neo4j and networkx on generated graphs
	$(BIN)/python -m benchmarks.snapshot
	$(BIN)/python -m benchmarks.paths

$(VENV)/.made:
	@setup/system base
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cuibono needs Python 3.11 or later; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.base: $(VENV)/.made requirements/base.txt pyproject.toml
	@if [ ! -e $(VENV)/.dev ]; then $(BIN)/pip install --quiet --require-hashes -r requirements/base.txt; fi
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.made requirements/dev.txt pyproject.toml
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.base

clean:  ## Remove what make made; the workspace stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
