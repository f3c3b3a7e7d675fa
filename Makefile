# sluice: the only build file.
#
#   make            the program, at ./sluice
#   make run        a real run on the demo site in this directory
#   make test       everything that must hold; the last line says how many tests passed
#   make unit, make cases       one part of it; CASES='settlement/*' picks
#   make check      the house rules, in seconds
#   make campaign   every call that changes a file killed, failed and cut short; some two hours
#   make judge      what others say of what we send: Prism of our requests, a queue of npm's
#   make asan       the tests under the sanitizers, with gcc and with clang
#   make fuzz       every fuzz entry for FUZZ_SECONDS
#   make bench      speed and memory beside other programs; SCALE=100: with a hundredth of the data
#   make lint fmt   clang-tidy and cppcheck; clang-format
#   make install    to $(DESTDIR)$(PREFIX)
#   make deps       the Debian packages that are missing
#
# MODE=release|dev|asan|tsan|cov and CC=gcc|clang choose a build; each has its
# own folder under build/, so that changing back and forth rebuilds nothing.

MODE         ?= release
PREFIX       ?= /usr/local
SCALE        ?= 1
FUZZ_SECONDS ?= 60
JOBS         ?= $(shell nproc)
ifeq ($(origin CC),default)
CC := gcc
endif

# --- what Debian must have -------------------------------------------------------------------------------
# PACKAGE:COMMAND is also content with the command from elsewhere.

DEPS       = gcc libc6-dev libcsv-dev libisal-dev zlib1g-dev libssl-dev libcmocka-dev tzdata \
             libxml2-dev unixodbc-dev odbcinst libsqliteodbc odbc-postgresql tdsodbc libcurl4-openssl-dev python3 \
             libxlsxwriter-dev libzip-dev libyajl-dev libmicrohttpd-dev libjansson-dev
# Tests with these say loudly that they were skipped where they cannot be had.
DEPS_TEST  = postgresql sqlfluff sqlite3 openssl python3-botocore
DEPS_DEV   = clang libclang-rt-14-dev
DEPS_LINT  = clang clang-format clang-tidy cppcheck
DEPS_BENCH = nodejs:node npm:npm mawk miller libsqlite3-dev postgresql

# --- flags -----------------------------------------------------------------------------------------------

WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Werror
LIBS     = -lcsv -lisal -lz -lcrypto -lxml2 -lxlsxwriter -lzip -lyajl -lodbc -lcurl

# gcc 12 sees null format strings where UBSan has put its checks; the other modes keep the warning.
SANITIZE = -fno-sanitize-recover=all -fno-omit-frame-pointer \
           $(if $(findstring clang,$(CC)),,-Wno-format-truncation -Wno-format-overflow)

MODE_release = -O2 -g
MODE_dev     = -O0 -g3
MODE_asan    = -O1 -g -fsanitize=address,undefined $(SANITIZE)
MODE_tsan    = -O1 -g -fsanitize=thread $(SANITIZE)
MODE_cov     = -O0 -g --coverage
MODE_fuzz    = -O1 -g -fsanitize=fuzzer-no-link,address,undefined $(SANITIZE)
ifeq ($(MODE_$(MODE)),)
$(error MODE=$(MODE) is none of release, dev, asan, tsan, cov)
endif

ALL_CPPFLAGS = -D_POSIX_C_SOURCE=200809L -Ietl -isystem /usr/include/libxml2 -DSLUICE_SHARE=\"$(PREFIX)/share/sluice\" $(CPPFLAGS)
ALL_CFLAGS   = -std=c11 $(MODE_$(MODE)) $(WARNINGS) -pthread $(CFLAGS)
ALL_LDFLAGS  = $(MODE_$(MODE)) -pthread -Wl,--as-needed $(LDFLAGS)

# Tests and fuzz entries are found by name, not by a header.
TEST_FLAGS = -Wno-missing-prototypes

# --- what there is ---------------------------------------------------------------------------------------

BUILD    := build/$(MODE)-$(notdir $(lastword $(CC)))
SOURCES  := $(sort $(wildcard etl/*/*.c))
OBJECTS  := $(SOURCES:%.c=$(BUILD)/%.o)
MAIN     := $(BUILD)/etl/cli/main.o
LIBRARY  := $(BUILD)/libsluice.a
UNITS    := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/unit/*/test_*.c)))
FAULT    := $(BUILD)/fault.so
SPAPI    := $(BUILD)/sluice-spapi
WIRE    := $(BUILD)/play_pairs $(BUILD)/send_signed $(BUILD)/year
FUZZERS  := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))

TEST     = BUILD=$(BUILD) SLUICE=$(CURDIR)/$(BUILD)/sluice CC="$(CC)" \
           HEADER_FLAGS="$(ALL_CPPFLAGS) -std=c11 $(WARNINGS)" tests/tools/test.sh
DEPEND   = sh tests/tools/deps.sh
# A make of its own, so that dependencies are there before anything is compiled, and all cores compile.
PARALLEL = +@$(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))

.PHONY: all run test unit cases check campaign judge asan fuzz bench lint fmt install clean
.PHONY: deps deps-test deps-dev deps-lint deps-bench programs unit-programs fuzz-programs fault-programs FORCE
.DELETE_ON_ERROR:
.SUFFIXES:

# --- building --------------------------------------------------------------------------------------------

# V=1 shows whole commands.
say = $(if $(V),,@echo "  $(1)" && )

# A hard link: the program finds itself by its path, which must be this one.
all: $(BUILD)/sluice $(SPAPI)
	@ln -f $(BUILD)/sluice sluice
	@ln -f $(SPAPI) sluice-spapi

$(BUILD)/sluice: $(MAIN) $(LIBRARY) $(BUILD)/flags
	$(call say,link $@)$(CC) $(ALL_LDFLAGS) -o $@ $(MAIN) $(LIBRARY) $(LIBS)

# Made new each time, and after a source has gone, so that no old object stays in it.
$(LIBRARY): $(filter-out $(MAIN),$(OBJECTS)) $(BUILD)/sources
	@rm -f $@
	$(call say,pack $@)$(AR) rcs $@ $(filter %.o,$^)

$(BUILD)/tests/%.o: tests/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,compile $<)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(TEST_FLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,compile $<)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(UNITS): %: %.o $(LIBRARY)
	$(call say,link $@)$(CC) $(ALL_LDFLAGS) -o $@ $< $(LIBRARY) $(LIBS) -lcmocka

# Preloaded, so never with a sanitizer: the campaign runs the plain program.
$(FAULT): tests/fault/fault.c $(BUILD)/flags
	$(call say,link $@)$(CC) -std=gnu11 -O1 -g -fPIC -shared $(filter-out -Wpedantic,$(WARNINGS)) $(TEST_FLAGS) -o $@ $< -ldl

# The local SP-API that `sluice sandbox --serve` runs, and the tests.
$(SPAPI): $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/fake/spapi/*.c))) $(LIBRARY)
	$(call say,link $@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) -lmicrohttpd -ljansson

$(WIRE): $(BUILD)/%: $(BUILD)/tests/wire/%.o $(LIBRARY)
	$(call say,link $@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) -ljansson

# As fuzzers they bring libFuzzer's main; in every other mode a main of ours replays the corpus.
ifeq ($(MODE),fuzz)
$(FUZZERS): %: %.o $(LIBRARY)
	$(call say,link $@)$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $< $(LIBRARY) $(LIBS)
else
$(FUZZERS): %: %.o $(BUILD)/tests/fuzz/replay.o $(LIBRARY)
	$(call say,link $@)$(CC) $(ALL_LDFLAGS) -o $@ $< $(BUILD)/tests/fuzz/replay.o $(LIBRARY) $(LIBS)
endif

# $(call stamp,TEXT): written only when TEXT is no longer what it was.
stamp = @mkdir -p $(@D); echo '$(subst ','\'',$(1))' | cmp -s - $@ || echo '$(subst ','\'',$(1))' >$@
$(BUILD)/flags: FORCE
	$(call stamp,$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(TEST_FLAGS) $(ALL_LDFLAGS) $(LIBS))
$(BUILD)/sources: FORCE
	$(call stamp,$(SOURCES))

unit-programs: $(UNITS)
fuzz-programs: $(FUZZERS)
programs: $(BUILD)/sluice $(SPAPI) $(WIRE) $(UNITS) $(FUZZERS) $(FAULT)
fault-programs: $(BUILD)/sluice $(SPAPI) $(FAULT)

-include $(wildcard $(BUILD)/etl/*/*.d $(BUILD)/tests/*/*.d $(BUILD)/tests/*/*/*.d)

# --- running and testing ---------------------------------------------------------------------------------

run: deps
	$(PARALLEL) all
	@if [ -f tests/tools/demo.sh ]; then SLUICE=$(CURDIR)/sluice bash tests/tools/demo.sh; else echo "there is no demo yet"; fi

test: deps deps-test
	$(PARALLEL) programs
	@$(TEST)

unit: deps
	$(PARALLEL) unit-programs
	@$(TEST) unit

cases: deps
	$(PARALLEL) $(BUILD)/sluice $(SPAPI)
	@$(TEST) cases

check: deps
	$(PARALLEL) fuzz-programs
	@$(TEST) rules corpora

campaign: deps
	$(PARALLEL) fault-programs
	@EVERY=1 $(TEST) fault wire

judge: deps
	$(PARALLEL) programs
	@BUILD=$(BUILD) bash tests/tools/judge.sh

asan: deps deps-dev
	$(PARALLEL) MODE=asan CC=gcc programs
	@$(MAKE) -s MODE=asan CC=gcc asan-tests
	$(PARALLEL) MODE=asan CC=clang programs
	@$(MAKE) -s MODE=asan CC=clang asan-tests

.PHONY: asan-tests
asan-tests:
	@$(TEST) unit cases corpora

fuzz: deps deps-dev
	$(PARALLEL) MODE=fuzz CC=clang fuzz-programs
	@BUILD=build/fuzz-clang SECONDS_EACH=$(FUZZ_SECONDS) JOBS=$(JOBS) bash tests/tools/fuzz.sh

bench: deps deps-bench
	$(PARALLEL) all
	@SCALE=$(SCALE) SLUICE=$(CURDIR)/sluice LIBRARY=$(CURDIR)/$(LIBRARY) bash tests/bench/run.sh

lint: deps deps-lint
	@printf '%s\n' $(SOURCES) | xargs -P $(JOBS) -n 4 \
	  sh -c 'clang-tidy --quiet "$$@" -- $(ALL_CPPFLAGS) -std=c11 2>/dev/null' sh
	@cppcheck -q -j $(JOBS) --std=c11 --error-exitcode=1 --inline-suppr --enable=warning,performance,portability \
	  --suppress=missingIncludeSystem $(ALL_CPPFLAGS) etl
	@echo "lint: clean"

fmt: deps-lint
	@find etl tests -name '*.[ch]' -not -path '*/cases/*' -exec clang-format -i {} +

# --- installing ------------------------------------------------------------------------------------------

install: all
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/sluice"
	install -m 755 sluice sluice-spapi "$(DESTDIR)$(PREFIX)/bin"
	install -m 644 sluice.conf "$(DESTDIR)$(PREFIX)/share/sluice/"
	for each in feeds transforms schemas; do \
	  test ! -d $$each || cp -R $$each "$(DESTDIR)$(PREFIX)/share/sluice/" || exit 1; done

deps:
	@$(DEPEND) $(DEPS)
deps-test:
	-@$(DEPEND) $(DEPS_TEST)
deps-dev:
	@$(DEPEND) $(DEPS_DEV)
deps-lint:
	@$(DEPEND) $(DEPS_LINT)
deps-bench:
	@$(DEPEND) $(DEPS_BENCH)

clean:
	rm -rf build sluice sluice-spapi
