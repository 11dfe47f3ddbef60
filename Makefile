# make run: the whole system with one command. Needs Python 3.11 or newer; the rest is installed
# into .venv, once.

VENV = .venv
IN_VENV = $(VENV)/bin/python
PIP = $(IN_VENV) -m pip install --quiet --disable-pip-version-check --no-input
BENCHES = $(patsubst %.py,%,$(notdir $(wildcard tests/bench/bench_*.py)))

.PHONY: run test lint bench clean

# The shell becomes the demo, which ends with make, however make ends.
run: $(VENV)/installed
	@exec env HX_PARENT_PID=$$PPID $(IN_VENV) app.py demo

# Without a browser, node, database servers or killed processes; .ci/run has those too.
test: $(VENV)/installed-for-development
	$(IN_VENV) -m pytest -n 2 -m "not browser and not chaos and not node" $(ARGS)

lint: $(VENV)/installed-for-development
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	PYTHONPATH=. $(VENV)/bin/lint-imports

bench: $(VENV)/installed-for-development
	@for each in $(BENCHES); do echo "== $$each"; $(IN_VENV) -m tests.bench.$$each || exit 1; done

# Not var/: that is the shop's data.
clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/installed: requirements.txt $(IN_VENV)
	@echo "Installing the libraries into $(VENV), about a minute ..."
	@$(PIP) -r requirements.txt
	@$(IN_VENV) -m compileall -q app.py bot core jobs kiosk
	@touch $@

$(VENV)/installed-for-development: requirements-dev.txt $(VENV)/installed
	@echo "Installing the development tools ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

# Debian's python3 makes virtual environments only with the package python3-venv. Where that is
# absent, pip comes from wherever it can be had without changing the system: an installed pip, or
# the package that python3-venv would take it from, unpacked here.
$(IN_VENV):
	@set -e; \
	for each in python3 python3.13 python3.12 python3.11; do \
	  if $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then python=$$each; break; fi; \
	done; \
	[ -n "$$python" ] || { echo "Python 3.11 or newer is needed: install python3"; exit 1; }; \
	echo "Making $(VENV) with $$($$python --version) ..."; \
	if $$python -c 'import ensurepip; ensurepip.version()' 2>/dev/null; then \
	  exec $$python -m venv $(VENV); \
	fi; \
	$$python -m venv --without-pip $(VENV); \
	if $$python -m pip --version >/dev/null 2>&1; then \
	  $$python -m pip --quiet --python $(IN_VENV) install pip && exit 0; \
	fi; \
	cd $(VENV); \
	[ "$$(id -u)" -ne 0 ] || apt-get update --quiet=2 || true; \
	if apt-get -o APT::Sandbox::User=root download --quiet=2 python3-pip-whl \
	  && dpkg -x python3-pip-whl_*.deb pip-package; then \
	  wheel=$$(echo pip-package/usr/share/python-wheels/pip-*.whl); \
	  bin/python "$$wheel/pip" install --quiet --no-index "$$wheel"; \
	else \
	  rm bin/python; \
	  echo "pip is missing: install it with  sudo apt-get install python3-venv  and try again"; \
	  exit 1; \
	fi
