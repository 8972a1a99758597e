# SPDX-License-Identifier: MIT
# rectools: the only build file. A new .c file in cmd/, lib/*/ or tests/unit/ needs no edit here.

VERSION := 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build

.DEFAULT_GOAL := all

PKGS := libavformat libavcodec libavfilter libswscale libswresample libavutil sndfile libcjson libebur128
TEST_PKGS := cmocka
PKG_CONFIG ?= pkg-config

# What the user gives in CFLAGS and LDFLAGS adds to ours; ours are not replaced.
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2
ifdef CI
WARN += -Werror
endif
comma := ,
# SANITIZE=address,undefined or thread builds into a folder of its own.
ifdef SANITIZE
BUILD := build/san-$(subst $(comma),-,$(SANITIZE))
SAN := -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -g
HARDEN :=
else
SAN :=
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
HARDEN_LD := -pie -Wl,-z,relro,-z,now
endif
REC_CPPFLAGS = -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DREC_VERSION='"$(VERSION)"' -Ilib -I. $(CPPFLAGS)
REC_CFLAGS = -std=c11 -O2 -ftree-vectorize $(WARN) $(HARDEN) $(SAN) -pthread $(PKG_CFLAGS) $(CFLAGS)
REC_LDFLAGS = $(HARDEN_LD) $(SAN) -pthread -Wl,--as-needed $(LDFLAGS)
# libraries' headers are not ours to warn about
PKG_CFLAGS = $(patsubst -I%,-isystem%,$(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null))
PKG_LIBS = $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null) -lm
TEST_LIBS = $(shell $(PKG_CONFIG) --libs $(TEST_PKGS) 2>/dev/null)

LIB_SRC := $(sort $(wildcard lib/*/*.c))
CMD_SRC := $(sort $(wildcard cmd/rec-*.c))
UNIT_SRC := $(sort $(wildcard tests/unit/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/obj/%.o)
TOOLS := $(CMD_SRC:cmd/%.c=$(BUILD)/bin/%)
UNITS := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/tests/unit/%)
ALL_C := $(LIB_SRC) $(CMD_SRC) $(UNIT_SRC)
ALL_H := $(sort $(wildcard lib/*/*.h))
TESTS := $(sort $(wildcard tests/*.t))

.PHONY: all demo check check-all bench deps install uninstall lint format clean units

all: $(TOOLS)

$(BUILD)/librec.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(REC_CPPFLAGS) $(REC_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/bin/%: $(BUILD)/obj/cmd/%.o $(BUILD)/librec.a
	@mkdir -p $(@D)
	$(CC) $(REC_CFLAGS) $(REC_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $(BUILD)/librec.a
	@mkdir -p $(@D)
	$(CC) $(REC_CFLAGS) $(REC_LDFLAGS) -o $@ $^ $(PKG_LIBS) $(TEST_LIBS)

.SECONDARY:
-include $(patsubst %.c,$(BUILD)/obj/%.d,$(ALL_C))

units: $(UNITS)

# JOBS test scripts run at once
JOBS ?= 2
check: all units
	BUILD=$(BUILD) prove -j$(JOBS) --timer $(TESTS)

check-all: check
	tests/check-all.sh

bench: all
	BUILD=$(BUILD) tests/bench/run.sh

demo:
	@tests/demo.sh

deps:
	@tests/deps.sh

lint:
	clang-format --dry-run -Werror $(ALL_C) $(ALL_H)
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
	  --suppress=missingIncludeSystem -D_GNU_SOURCE -Ilib $(LIB_SRC) $(CMD_SRC)
	@tests/lint.sh

format:
	clang-format -i $(ALL_C) $(ALL_H)

clean:
	rm -rf $(BUILD)
