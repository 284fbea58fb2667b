# `make` alone prints what there is. The work is done by scripts in tests/bed/ and by cargo.

.DEFAULT_GOAL := help
.PHONY: help demo test test-long test-machine bench build install docs dist deb rpm fmt lint advisories clean clean-cache

help:
	@echo 'make demo          builds Coracle, starts it as you, prints where to log in; Ctrl-C ends it and leaves nothing running'
	@echo 'make demo CHECK=1  the same with a headless browser at the keyboard, then checks that nothing is left'
	@echo 'make test          every check: format, lints, crates, unit tests, the packages with Rust 1.85, real Podman, real browser'
	@echo 'make test-long     make test with 2,000 kills of the daemon, packages built twice, and limits and the demo on Debian 12 too'
	@echo 'make test-machine  the package in booted machines with limits, from installation to purge'
	@echo 'make bench         prompts, keystrokes, output, memory beside Podman alone and ttyd; writes benches/RESULTS.md'
	@echo 'make build         the release binary, target/release/coracle'
	@echo 'make install       puts what was built, units, manuals and all else where it belongs: DESTDIR=, PREFIX=/usr/local'
	@echo 'make docs          writes manuals and completions anew from the command line and config.toml'
	@echo 'make dist          the source package with all crates, target/packages/coracle-VERSION.tar.xz'
	@echo 'make deb           from that, in a clean Debian without a network: target/packages/SUITE/*.deb; SUITE=trixie'
	@echo 'make rpm           the same as target/packages/rpm/*.rpm'
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

test-machine:
	@tests/bed/rings.sh machine

bench: export SUITE := $(or $(SUITE),trixie)
bench:
	@benches/run.sh

build:
	cargo build --release --locked

# Where things go is said in packaging/install.sh alone.
install: export DESTDIR := $(DESTDIR)
install: export PREFIX := $(or $(PREFIX),/usr/local)
install: export BINARY := $(BINARY)
install: export UNITDIR := $(UNITDIR)
install: export ZSHDIR := $(ZSHDIR)
install:
	@packaging/install.sh

docs:
	CORACLE_WRITE_DOCS=1 cargo test --quiet --locked --lib cli::docs

dist:
	@packaging/dist.sh

deb:
	@tests/bed/package.sh deb $(or $(SUITE),trixie)

rpm:
	@tests/bed/package.sh rpm

fmt:
	cargo fmt

lint:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	find .ci/run benches packaging tests web -type f \( -name '*.sh' -o -path .ci/run -o -path tests/images/debian \) -print0 | xargs -0 shellcheck -x

advisories:
	@tests/bed/advisories.sh

clean:
	cargo clean

clean-cache:
	@tests/bed/clean.sh
