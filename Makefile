# Works on a machine with git, make and Python 3.11 or newer; everything else comes from the locks.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: env bundle run test browser-tests screenshot conformance load build clean

env: bundle  ## Make .venv with imri-kg in it.

bundle: .venv/runtime.stamp  ## Make what a browser loads, if it is missing or one of its sources in api/browser has changed.
	$(make-bundle)

test: browser-tests  ## Make everything that the tests need and run the whole suite.
	$(BIN)/python -m pytest -q -n auto $(ARGS)

browser-tests: .venv/dev.stamp bundle
	$(make-browser-tests)

screenshot: browser-tests  ## Make the picture in the README.
	$(BIN)/python tests/browser/screenshot.py /crosswalks/imri/chime --width 1400 --height 900 --ready -o docs/explorer.png

conformance: .venv/clients.stamp  ## Try our workbooks in LibreOffice, which has to be installed, and the SPARQL endpoint with clients that need Node, which is not.
	$(BIN)/python -m pytest -q -m conformance $(ARGS) tests/conformance

load: .venv/load.stamp  ## Measure a running server under load, with wrk, which has to be installed; STORE=1 keeps the figures in benchmarks/results/.
	$(BIN)/python -m benchmarks load $(if $(STORE),--store load)
	$(BIN)/python -m benchmarks sparql $(if $(STORE),--store sparql)
	$(BIN)/python -m benchmarks quiet $(if $(STORE),--store quiet)
	$(BIN)/python -m benchmarks soak --minutes $(or $(MINUTES),2) $(if $(STORE),--store soak)

run: env  ## Build the graph and serve it on 127.0.0.1:8000.
	$(BIN)/imri-kg build
	$(BIN)/imri-kg serve $(ARGS)

build: env  ## Build the wheel into dist/.
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

# Node comes from its lock where the machine has none. Nothing happens when the bundle is as its sources are.
define make-bundle
! $(BIN)/python api/browser/make_bundle.py --needs-node || $(BIN)/python -m pip install --quiet --require-hashes -r requirements-browser.lock
$(BIN)/python api/browser/make_bundle.py
endef

# What pages are held against, and a Chromium where the machine has none. Nothing happens when all is there.
define make-browser-tests
! $(BIN)/python tests/browser/installing.py --needs-node || $(BIN)/python -m pip install --quiet --require-hashes -r requirements-browser.lock
$(BIN)/python tests/browser/installing.py
endef

# The lock is installed in hash mode first, since pip refuses an editable project in that mode.
.venv/runtime.stamp: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "imri-kg needs Python 3.11 or newer; name one with make PYTHON=...")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(make-bundle)
	$(BIN)/python -m pip install --quiet --no-deps -e .
	$(BIN)/python -m compileall -q imri_kg api/imri_kg_api
	touch $@

.venv/dev.stamp: requirements-dev.lock .venv/runtime.stamp
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

.venv/clients.stamp: requirements-clients.lock .venv/dev.stamp
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-clients.lock
	touch $@

.venv/load.stamp: requirements-load.lock .venv/runtime.stamp
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-load.lock
	touch $@

clean:  ## Remove what this file made.
	rm -rf .venv dist api/browser/node_modules tests/browser/node_modules api/imri_kg_api/explorer/built
