# SPDX-License-Identifier: MIT
# rectools: the only build file. A new .c file in cmd/, lib/*/ or tests/unit/ needs no edit here.

VERSION := 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
export BUILD

.DEFAULT_GOAL := all

PKGS := libavformat libavcodec libavfilter libswscale libswresample libavutil sndfile libcjson libebur128 cairo libarchive libcurl libcrypto libseccomp
TEST_PKGS := cmocka
PKG_CONFIG ?= pkg-config

# What the user gives in CFLAGS and LDFLAGS adds to ours; ours are not replaced.
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2
ifdef CI
WARN += -Werror
endif
comma := ,
# the flag, where compiler and C library know it and do not warn
known = $(shell $(CC) -O2 -Werror $(1) -include stdlib.h -xc -fsyntax-only /dev/null 2>/dev/null && echo $(1))
# SANITIZE=address,undefined or thread builds into a folder of its own.
ifdef SANITIZE
BUILD := build/san-$(subst $(comma),-,$(SANITIZE))
SAN := -fsanitize=$(SANITIZE) -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g
HARDEN :=
# leaks that are libraries' own
export LSAN_OPTIONS ?= suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0
else
SAN :=
HARDEN := -U_FORTIFY_SOURCE -fstack-protector-strong -fPIE \
  $(firstword $(call known,-D_FORTIFY_SOURCE=3) -D_FORTIFY_SOURCE=2) $(call known,-fstack-clash-protection) $(call known,-fcf-protection)
HARDEN_LD := -pie -Wl,-z,relro,-z,now,-z,noexecstack
endif
# sanitizers look into their own process in ways that the sandbox forbids, and want the crash itself; coverage writes beside the objects
ifneq ($(SANITIZE)$(filter --coverage -fprofile-% -fsanitize%,$(CFLAGS)),)
REC_CPPFLAGS += -DREC_NO_SANDBOX
endif
REC_CPPFLAGS += -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DREC_VERSION='"$(VERSION)"' -Ilib -I. $(CPPFLAGS)
OPTIMISE := -O2 -ftree-vectorize
REC_CFLAGS = -std=c11 $(OPTIMISE) $(WARN) $(HARDEN) $(SAN) -pthread $(PKG_CFLAGS) $(CFLAGS)
REC_LDFLAGS = $(HARDEN_LD) $(SAN) -pthread -Wl,--as-needed $(LDFLAGS)
# libraries' headers are not ours to warn about
PKG_CFLAGS = $(patsubst -I%,-isystem%,$(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null))
PKG_LIBS = $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null) -lm
TEST_LIBS = $(shell $(PKG_CONFIG) --libs $(TEST_PKGS) 2>/dev/null)

LIB_SRC := $(sort $(wildcard lib/*/*.c))
CMD_SRC := $(sort $(wildcard cmd/rec-*.c))
UNIT_SRC := $(sort $(wildcard tests/unit/*.c))
FUZZ_SRC := $(sort $(wildcard tests/fuzz/*.c))
FUZZ_LIB_SRC := $(sort $(wildcard tests/fuzz/lib/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/obj/%.o)
TOOLS := $(CMD_SRC:cmd/%.c=$(BUILD)/bin/%)
UNITS := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/tests/unit/%)
REPLAYS := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/tests/fuzz/%)
FUZZERS := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)
ALL_C := $(LIB_SRC) $(CMD_SRC) $(UNIT_SRC) $(FUZZ_SRC) $(FUZZ_LIB_SRC) tests/faults/inject.c
ALL_H := $(sort $(wildcard lib/*/*.h tests/unit/*.h tests/fuzz/*.h))
# the longest first
LONG_TESTS := tests/units.t tests/faults-disk.t tests/faults.t tests/hostile.t
TESTS := $(LONG_TESTS) $(filter-out $(LONG_TESTS),$(sort $(wildcard tests/*.t)))
NAMES := $(CMD_SRC:cmd/%.c=%)
MAN := $(sort $(wildcard man/*.[0-9]))

# where things go
BINDIR = $(DESTDIR)$(PREFIX)/bin
MANDIR = $(DESTDIR)$(PREFIX)/share/man
BASHDIR = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
ZSHDIR = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
FISHDIR = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d

.PHONY: all demo check prove check-web check-san check-all check-s3 bench deps install uninstall lint format clean units replays fuzz fuzzers soak coverage analyze
.DELETE_ON_ERROR:

all: $(TOOLS)

$(BUILD)/librec.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

# one clear line instead of a wall of errors where the libraries are missing
$(BUILD)/have-libraries:
	@$(PKG_CONFIG) --exists $(PKGS) || { echo "some of the libraries are missing; run: make deps" >&2; exit 1; }
	@mkdir -p $(@D) && touch $@

$(BUILD)/have-cmocka:
	@$(PKG_CONFIG) --exists $(TEST_PKGS) || { echo "$(TEST_PKGS) is missing; run: make deps" >&2; exit 1; }
	@mkdir -p $(@D) && touch $@

$(BUILD)/obj/tests/unit/%.o: | $(BUILD)/have-cmocka
$(BUILD)/obj/%.o: %.c Makefile | $(BUILD)/have-libraries
	@mkdir -p $(@D)
	$(CC) $(REC_CPPFLAGS) $(REC_CFLAGS) -MMD -MP -c -o $@ $<

# the loops over every sample: made vectors only at this level
$(BUILD)/obj/lib/sound/amplitude.o: OPTIMISE := -O3

$(BUILD)/bin/%: $(BUILD)/obj/cmd/%.o $(BUILD)/librec.a
	@mkdir -p $(@D)
	$(CC) $(REC_CFLAGS) $(REC_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $(BUILD)/librec.a
	@mkdir -p $(@D)
	$(CC) $(REC_CFLAGS) $(REC_LDFLAGS) -o $@ $^ $(PKG_LIBS) $(TEST_LIBS)

# a fuzz target, fed with the files of its corpus
$(BUILD)/tests/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(FUZZ_LIB_SRC:%.c=$(BUILD)/obj/%.o) $(BUILD)/librec.a
	@mkdir -p $(@D)
	$(CC) $(REC_CFLAGS) $(REC_LDFLAGS) -o $@ $^ $(PKG_LIBS)

# and with libFuzzer, which is clang's
$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/obj/tests/fuzz/lib/fuzz.o $(BUILD)/librec.a
	@mkdir -p $(@D)
	$(CC) $(REC_CFLAGS) $(REC_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(PKG_LIBS)

.SECONDARY:
-include $(patsubst %.c,$(BUILD)/obj/%.d,$(ALL_C))

units: $(UNITS)
replays: $(REPLAYS)
fuzzers: $(FUZZERS)

# what tests preload, so that calls fail; it is no part of any tool
INJECT := $(BUILD)/tests/faults/inject.so
$(INJECT): tests/faults/inject.c Makefile
	@mkdir -p $(@D)
	$(CC) -std=c11 -O2 $(WARN) -D_GNU_SOURCE -D_LARGEFILE64_SOURCE -fPIC -shared -o $@ $< -ldl

# JOBS test scripts run at once
JOBS ?= 2
check: all units replays $(INJECT)
	prove -j$(JOBS) --timer $(TESTS)

# the players themselves, in a browser; skipped with a reason where there is none
check-web: all
	tests/web/check.py

# the scripts in TESTS that need no units
prove: all replays
	prove -j$(JOBS) --timer $(TESTS)

# a part of the suite with the sanitizers: memory and undefined behaviour, and threads in the composer
check-san:
	$(MAKE) SANITIZE=address,undefined TESTS="tests/fuzz.t tests/compose-oddities.t tests/compose-edges.t tests/probe.t tests/pipes.t" prove
	$(MAKE) SANITIZE=thread TESTS=tests/compose-oddities.t prove

check-all: check
	MAKE="$(MAKE)" tests/check-all.sh

# against real S3 servers on the loopback, which it installs and starts; as root
check-s3: all
	tests/servers/check-s3.sh

# how much of lib/ and cmd/ the tests run, in a build folder of its own; build/coverage.txt names what they do not
coverage:
	@MAKE="$(MAKE)" tests/coverage.sh

# gcc's and clang's static analysis; what is accepted, and why, stands in .clang-tidy and in the code
analyze:
	@MAKE="$(MAKE)" CPPFLAGS_ALL="$(subst ",\",$(REC_CPPFLAGS) $(PKG_CFLAGS))" tests/analyze.sh $(LIB_SRC) $(CMD_SRC)

# each fuzz target for T seconds; TARGETS="json uri" takes only these
T ?= 60
fuzz:
	@MAKE="$(MAKE)" tests/fuzz/run.sh $(T) $(TARGETS)

# eight hours of fifty people who come and go, with few files and little memory; half an hour
soak: all
	tests/soak/soak.py --bin $(BUILD)/bin

bench: all
	tests/bench/run.sh

demo:
	@MAKE="$(MAKE)" tests/demo.sh

deps:
	@PKG_CONFIG="$(PKG_CONFIG)" tests/deps.sh $(PKGS) $(TEST_PKGS)

install: all
	install -d $(BINDIR) $(BASHDIR) $(ZSHDIR) $(FISHDIR)
	install -m 755 $(TOOLS) $(BINDIR)
	for m in $(MAN); do install -D -m 644 $$m $(MANDIR)/man$${m##*.}/$${m#man/} || exit 1; done
	for t in $(NAMES); do \
	  $(BUILD)/bin/$$t --completion bash >$(BASHDIR)/$$t && \
	  $(BUILD)/bin/$$t --completion zsh >$(ZSHDIR)/_$$t && \
	  $(BUILD)/bin/$$t --completion fish >$(FISHDIR)/$$t.fish || exit 1; \
	done

uninstall:
	rm -f $(NAMES:%=$(BINDIR)/%) $(NAMES:%=$(BASHDIR)/%) $(NAMES:%=$(ZSHDIR)/_%) $(NAMES:%=$(FISHDIR)/%.fish) \
	  $(foreach m,$(MAN:man/%=%),$(MANDIR)/man$(lastword $(subst ., ,$(m)))/$(m))

lint:
	clang-format --dry-run -Werror $(ALL_C) $(ALL_H)
	cppcheck -j2 --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
	  --suppress=missingIncludeSystem -D_GNU_SOURCE -Ilib $(LIB_SRC) $(CMD_SRC)
	@tests/lint.sh

format:
	clang-format -i $(ALL_C) $(ALL_H)

clean:
	rm -rf $(BUILD)
