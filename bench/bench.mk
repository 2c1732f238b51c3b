# make bench: the same work on the host and on Guise, side by side.
#	make bench ROWS="null stat"	only these
#	make bench PEERS=1		and under runsc, proot, qemu-user, crun
BENCH_BIN = $(B)/bench/micro $(B)/bench/tiny

$(B)/bench/micro: bench/micro.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -pthread \
	    -o $@ $<

$(B)/bench/tiny: bench/tiny.S
	@mkdir -p $(@D)
	$(CC) -nostdlib -static -Wl,--build-id=none -o $@ $<

bench: $(B)/guise $(B)/guise-kern $(B)/guise-text $(BENCH_BIN)
	tools/bootstrap bench $(if $(filter-out 0,$(PEERS)),bench-peers)
	B=$(abspath $(B)) PEERS=$(PEERS) bench/run $(ROWS)

# That every row still runs is a test.
test-cli: $(BENCH_BIN)

.PHONY: bench

# What the flight recorder and tracing cost: a kernel without, beside this one.
bench-recorder: $(B)/guise $(B)/guise-kern $(B)/bench/micro
	$(MAKE) CC="$(CC) -DGUISE_NOREC" B=$(B)/norec $(B)/norec/guise \
	    $(B)/norec/guise-kern
	bench/recorder $(B)/guise $(B)/norec/guise $(abspath $(B))/bench/micro

.PHONY: bench-recorder
