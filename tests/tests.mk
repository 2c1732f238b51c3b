# The ABI and race tests: make test-abi, make test-race.  Included by the
# Makefile at the top, from where all paths count.

B ?= build

TESTS_CC = $(if $(CC),$(CC),cc)
TESTS_CFLAGS = -std=gnu11 -D_GNU_SOURCE -O1 -g -pthread -Wall -Wextra -Werror \
	-Wno-unknown-warning-option -Wno-stringop-overflow \
	-Wno-stringop-overread -Wno-nonnull

ABI_BIN = $(B)/tests/abi
ABI_PROGS = $(filter-out abitest abi-helper, \
	$(patsubst tests/abi/%.c,%,$(sort $(wildcard tests/abi/*.c))))
ABI_HELPERS = $(addprefix $(ABI_BIN)/abi-helper,-static -pie) \
	$(ABI_BIN)/abi-helper
RACE_BIN = $(B)/tests/race
RACE_PROGS = $(patsubst tests/race/%.c,%,$(sort $(wildcard tests/race/*.c)))

$(ABI_BIN)/abitest.o: tests/abi/abitest.c tests/abi/abitest.h
	@mkdir -p $(@D)
	$(TESTS_CC) $(TESTS_CFLAGS) -c -o $@ $<

$(ABI_BIN)/%.o: tests/abi/%.c tests/abi/abitest.h
	@mkdir -p $(@D)
	$(TESTS_CC) $(TESTS_CFLAGS) -c -o $@ $<

$(addprefix $(ABI_BIN)/,$(ABI_PROGS)): %: %.o $(ABI_BIN)/abitest.o
	$(TESTS_CC) -pthread -o $@ $^ -lrt

$(ABI_BIN)/abi-helper: tests/abi/abi-helper.c
	@mkdir -p $(@D)
	$(TESTS_CC) $(TESTS_CFLAGS) -o $@ $<

$(ABI_BIN)/abi-helper-static: tests/abi/abi-helper.c
	@mkdir -p $(@D)
	$(TESTS_CC) $(TESTS_CFLAGS) -static -o $@ $<

$(ABI_BIN)/abi-helper-pie: tests/abi/abi-helper.c
	@mkdir -p $(@D)
	$(TESTS_CC) $(TESTS_CFLAGS) -static-pie -o $@ $<

$(RACE_BIN)/%: tests/race/%.c tests/race/race.h tests/race/blocking.h
	@mkdir -p $(@D)
	$(TESTS_CC) $(TESTS_CFLAGS) -o $@ $<

$(ABI_BIN)/programs: tests/tests.mk
	@mkdir -p $(@D)
	@echo $(ABI_PROGS) >$@

abi-tests: $(addprefix $(ABI_BIN)/,$(ABI_PROGS)) $(ABI_HELPERS) \
	$(ABI_BIN)/programs
	@echo $(ABI_PROGS) >$(ABI_BIN)/programs

race-tests: $(addprefix $(RACE_BIN)/,$(RACE_PROGS))

# As who we are, and as root also as an ordinary user.
test-abi: all abi-tests
	rc=0; B=$(B) tests/run-abi $(T) || rc=1; \
	if [ $$(id -u) = 0 ]; then B=$(B) tests/run-abi -u $(T) || rc=1; fi; \
	exit $$rc

test-race: all race-tests
	B=$(B) tests/run-race $(T)

.PHONY: abi-tests race-tests test-abi test-race
.SECONDARY: $(addprefix $(ABI_BIN)/,$(addsuffix .o,$(ABI_PROGS) abitest))
