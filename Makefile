# Foyer's commands. `make demo` is the one to begin with; README.md says more.
#
#   make demo              a first look: http://localhost:8000, with demo data      PORT=8001 HOST=0.0.0.0 HTTPS=1
#   make serve             the production topology on this machine                  PORT=  HOST=  HTTPS=1
#   make test              all tests                                                ARGS="core -k hold"
#   make simulate          evenings at the box office played by dice, all proved      STEPS=100000 SEED=7
#   make bench             how fast it is on this machine                   ARGS="hold page --seconds hold=30"
#   make chaos             whatever runs is killed while people buy                 SEED=7 PURCHASES=500
#   make lint              what CI checks besides the tests
#   make format            put the code into its form
#   make manage CMD=...    a command of Django's, on the demo's data                CMD="verify"
#   make css               build the style sheet          make messages    gather and compile translations
#   make lock              lock the requirements anew     make clean       remove what all of this has made

PORT ?= 8000
HOST ?=
HTTPS ?=
ARGS ?=
CMD ?= help
LAUNCH = exec .venv/bin/python -m project.launch
ADDRESS = --port "$(PORT)" $(if $(HOST),--host "$(HOST)") $(if $(filter-out 0,$(HTTPS)),--https)

.PHONY: demo setup serve test simulate bench chaos lint format manage migrate css messages lock clean
.DEFAULT_GOAL := demo

demo: setup
	@$(LAUNCH) demo $(ADDRESS)

setup:
	@scripts/setup

serve: setup
	@$(LAUNCH) serve $(ADDRESS)

test: setup
	@scripts/packages browser
	@scripts/test $(ARGS)

simulate: setup
	@scripts/simulate $(or $(STEPS),10000) $(SEED)

bench: setup
	@.venv/bin/python -m e2e.bench $(ARGS)

chaos: setup
	@.venv/bin/python -m e2e.chaos $(if $(SEED),--seed "$(SEED)") $(if $(PURCHASES),--purchases "$(PURCHASES)") $(ARGS)

lint: setup
	@.ci/run lint

format: setup
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

manage: setup
	@$(LAUNCH) manage -- $(CMD)

migrate: setup
	@$(LAUNCH) manage -- migrate

css: setup
	@project/theme/build.sh

messages: setup
	@scripts/messages

lock: setup
	@scripts/lock

clean:
	@scripts/clean
