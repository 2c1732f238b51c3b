# make bench: the same work on the host and on Guise, side by side.
#	make bench CASES="null stat"	only these
#	make bench PEERS=1		and under proot, runsc, crun, qemu-user
$(B)/bench/micro: bench/micro.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -pthread \
	    -o $@ $<

$(B)/bench/tiny: bench/tiny.S
	@mkdir -p $(@D)
	$(CC) -nostdlib -static -Wl,--build-id=none -o $@ $<

bench: $(B)/guise $(B)/guise-kern $(B)/bench/micro $(B)/bench/tiny
	tools/bootstrap bench
	B=$(abspath $(B)) PEERS=$(PEERS) bench/run $(CASES)

.PHONY: bench
