# FreeBSD programs, built by the host's compiler without any library and
# branded here: fbtest by EI_OSABI, hello by its ABI note.
FB_BIN	= $(B)/tests/freebsd
FB_CFLAGS = -std=gnu11 -O1 -g -Wall -Wextra -Werror -Wno-unused-function \
	  -ffreestanding -fno-pie -fno-stack-protector -fcf-protection=none \
	  -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns
FB_LDFLAGS = -nostdlib -static -no-pie -Wl,--build-id=none \
	  -Wl,-z,noexecstack

$(FB_BIN)/%: tests/freebsd/%.c tests/freebsd/fb.h
	@mkdir -p $(@D)
	$(CC) $(FB_CFLAGS) $(FB_LDFLAGS) -o $@ $<
$(FB_BIN)/fbtest: tests/freebsd/fbtest.c tests/freebsd/fb.h
	@mkdir -p $(@D)
	$(CC) $(FB_CFLAGS) $(FB_LDFLAGS) -o $@.tmp $<
	printf '\011' | dd of=$@.tmp bs=1 seek=7 conv=notrunc status=none
	mv $@.tmp $@
$(FB_BIN)/script: tests/freebsd.mk
	@mkdir -p $(@D)
	printf '#!%s arg\n' "$(abspath $(FB_BIN))/hello" > $@
	chmod +x $@

freebsd-progs: $(FB_BIN)/fbtest $(FB_BIN)/hello $(FB_BIN)/script
test-freebsd: all freebsd-progs
	tests/freebsd/run
.PHONY: freebsd-progs test-freebsd
