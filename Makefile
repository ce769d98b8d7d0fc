# Everything a newcomer needs: `make demo` and `make test` do all their own set-up.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# uv looks for extra wheels and certificates where pip does; compiled byte code keeps the first start short.
UV := UV_SYSTEM_CERTS=1 UV_FIND_LINKS="$${UV_FIND_LINKS:-$$PIP_FIND_LINKS}" UV_COMPILE_BYTECODE=1 $(BIN)/uv

.DEFAULT_GOAL := help
.PHONY: help install demo test lint types docs gallery benchmarks lock clean

help:  ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(INSTALLED)  ## Make .venv with the pinned requirements and this package

$(INSTALLED): requirements/lock.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv \
		&& $(UV) pip install --quiet --python $(BIN)/python -r requirements/lock.txt \
		|| $(BIN)/python -m pip install --quiet -r requirements/lock.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

demo: $(INSTALLED)  ## Draw a small cohort, run a part of the published study on it, report it (minutes)
	$(BIN)/python -m examples.demo

test: $(INSTALLED)  ## Run the tests: as many processes as cores, one thread each
	# Else every process that a test starts compiles it, where Python is told to write no byte code.
	$(BIN)/python -m compileall -q src
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n auto --dist loadfile

lint: $(INSTALLED)  ## Check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)  ## Check types
	$(BIN)/mypy

docs: $(INSTALLED)  ## Build the documentation into docs/_build/html
	# Pages are parsed once for both.
	$(BIN)/sphinx-build -q -W -d docs/_build/doctrees -b html docs docs/_build/html
	$(BIN)/sphinx-build -q -W -d docs/_build/doctrees -b doctest docs docs/_build/doctest
	@echo "open docs/_build/html/index.html"

gallery: $(INSTALLED)  ## Run the notebooks of the documentation and store what they show (minutes)
	$(BIN)/python -m examples.gallery

# Those that need no image set; benchmarks/README.md has all of them, with the time that each takes.
BENCHMARKS ?= study.cost study.alpha study.driver study.interval_coverage speed.drawing speed.keeping \
	speed.batch_memory speed.reading speed.gradnorm speed.balancers

benchmarks: $(INSTALLED)  ## Measure what needs no image set, and write the tables of the pages (an hour or more)
	set -e; for name in $(BENCHMARKS); do echo "$$name"; $(BIN)/python -m benchmarks.$$name; done
	$(BIN)/python -m benchmarks.pages.tables

# What is pinned stays, but for UPGRADE=--upgrade.
UPGRADE ?=
LOCK := $(UV) pip compile pyproject.toml --quiet --no-header --no-emit-index-url --no-emit-find-links --no-annotate --python-version 3.11

lock: $(INSTALLED)  ## Pin the requirements: for development, for training, for reading
	$(LOCK) $(UPGRADE) --extra dev --extra docs --extra ray --extra torchjd --extra solvers --extra onnx \
		--extra bioimageio --extra desk --extra fhir --extra dicom \
		--output-file requirements/lock.txt
	$(LOCK) $(UPGRADE) --constraint requirements/lock.txt --extra train --output-file requirements/train.txt
	$(LOCK) $(UPGRADE) --constraint requirements/lock.txt --output-file requirements/read.txt
	# A local version (+cpu) exists only where its wheel does; the CUDA build names what it needs by itself.
	sed -i -E 's/\+cpu$$//; /^(nvidia-|cuda-|triton==)/d' requirements/*.txt

clean:  ## Remove what was made
	rm -rf $(VENV) demo docs/_build build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
