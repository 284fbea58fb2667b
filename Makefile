# `make` alone prints what there is. The work is done by scripts in tests/bed/ and by cargo.

.DEFAULT_GOAL := help
.PHONY: help demo test test-long build fmt lint advisories clean clean-cache

help:
	@echo 'make demo          builds Coracle, starts it as you, prints where to log in; Ctrl-C ends it and leaves nothing running'
	@echo 'make demo CHECK=1  the same with a headless browser at the keyboard, then checks that nothing is left'
	@echo 'make test          every check: format, lints, crates, unit tests, Rust 1.85, real Podman, real browser'
	@echo 'make test-long     make test with 2,000 kills of the daemon, and limits and the demo on Debian 12 too'
	@echo 'make build         the release binary, target/release/coracle'
	@echo 'make fmt           formats the Rust sources'
	@echo 'make lint          format and lints only, without a machine'
	@echo 'make advisories    compares the crates with the RustSec database and says how old that is'
	@echo 'make clean         removes target/'
	@echo 'make clean-cache   removes the Debian roots and images that demo and test keep (sudo)'
	@echo
	@echo 'demo runs on this host, where systemd has booted it and rootless Podman works, else in a throw-away machine, and'
	@echo 'says why. GROUND=host|machine decides, SUITE=bookworm|trixie is the machine, IMAGE=NAME an image of your Podman.'
	@echo 'The cache is $${CORACLE_CACHE:-/var/cache/coracle-bed}.'

# Exported, not written into the command: then make runs the script itself, and its signals do not end in a shell.
demo: export CHECK := $(CHECK)
demo: export SUITE := $(or $(SUITE),trixie)
demo: export GROUND := $(GROUND)
demo:
	@tests/bed/demo.sh

test:
	@tests/bed/rings.sh

test-long:
	@tests/bed/rings.sh long

build:
	cargo build --release --locked

fmt:
	cargo fmt

lint:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	find .ci/run packaging tests web -type f \( -name '*.sh' -o -path .ci/run -o -path tests/images/debian \) -print0 | xargs -0 shellcheck -x

advisories:
	@tests/bed/advisories.sh

clean:
	cargo clean

clean-cache:
	@tests/bed/clean.sh
