# Random system calls against a kernel with lock checks (DEBUG=1): the jail
# must survive.  Each seed is one case.
FUZZ_SEEDS  ?= 1 2 3 4 5 6
FUZZ_ROUNDS ?= 120

$(B)/tests/fuzz/calls: tests/fuzz/calls.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O1 -g -Wall -Wextra -Werror -o $@ $<

debug-kernel:
	$(MAKE) --no-print-directory -s DEBUG=1 B=$(B)/debug

test-fuzz: debug-kernel $(B)/tests/fuzz/calls
	B=$(B) tests/run-fuzz $(FUZZ_ROUNDS) $(FUZZ_SEEDS)

.PHONY: debug-kernel test-fuzz
