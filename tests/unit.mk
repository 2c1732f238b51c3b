# Unit tests: the kernel's sources, compiled hosted on host/fake, with the
# address and undefined-behaviour sanitizers.  tests/unit/test_*.c, cmocka.
UNITCC	?= gcc
UNITFLAGS = -Wno-format -std=gnu11 -g -O1 -Wall -Wextra -Werror -Wno-unused-parameter \
	  -D_GNU_SOURCE -DGUISE_HOSTED -DGUISE_DEBUG -Isys -MMD -MP \
	  -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	  -fno-omit-frame-pointer -fno-builtin -fwrapv -fno-strict-aliasing
UNITKDIRS = libkern base vm vfs kern ipc net fs/tmpfs fs/hostfs fs/unionfs \
	  fs/pseudofs fs/procfs fs/sysfs fs/devfs abi abi/linux abi/linux64 \
	  abi/freebsd64
UNITKSRC = $(foreach d,$(UNITKDIRS),$(wildcard sys/$(d)/*.c)) \
	  $(addprefix sys/host/linux/,file.c mem.c sock.c proc.c intr.c) \
	  $(wildcard sys/host/fake/*.c)
UNITKOBJ = $(patsubst sys/%.c,$(B)/unit/sys/%.o,$(UNITKSRC))
UNITHELP = $(patsubst tests/unit/%.c,$(B)/unit/%.o,$(wildcard tests/unit/fx_*.c))
UNITTESTS = $(patsubst tests/unit/%.c,$(B)/unit/%,\
	  $(wildcard tests/unit/test_*.c))

$(B)/unit/sys/%.o: sys/%.c
	@mkdir -p $(@D)
	$(CC) $(UNITFLAGS) -c $< -o $@
$(B)/unit/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(CC) $(UNITFLAGS) -c $< -o $@
$(B)/unit/libkernel.a: $(UNITKOBJ) $(UNITHELP)
	@rm -f $@
	ar rcs $@ $(UNITKOBJ) $(UNITHELP)
$(B)/unit/test_%: tests/unit/test_%.c $(B)/unit/libkernel.a
	$(CC) $(UNITFLAGS) -o $@ $< $(B)/unit/libkernel.a -lcmocka -lpthread
# The tracer is hosted code; its test maps an arena where the kernel has it.
$(B)/unit/test_trace: tests/unit/test_trace.c $(wildcard lib/trace/*.[ch]) \
	  lib/jail/look.c lib/jail/link.c lib/jail/error.c sys/abi/calldescs.c \
	  lib/trace/args.def lib/trace/consts.def sys/base/rec.h
	@mkdir -p $(@D)
	$(CC) $(filter-out -DGUISE_HOSTED -MMD -MP,$(UNITFLAGS)) -Ilib -o $@ \
	    $(filter %.c,$^) -lcmocka -lpthread
# The rewriter of text is hosted code.
$(B)/unit/test_textdesk: tests/unit/test_textdesk.c $(B)/guise-text \
	  $(B)/lib/jail/textdesk.c.o $(B)/lib/text/textdir.c.o \
	  $(filter $(B)/lib/text/% $(B)/lib/base/%,$(TOBJ))
	@mkdir -p $(@D)
	$(CC) $(UCFLAGS) -DPROGRAM='"$(abspath $(B))/guise-text"' -o $@ \
	    $(sort $(filter %.c %.o,$^)) -lcmocka -lZydis

$(B)/unit/test_textrun: tests/unit/test_textrun.c tests/unit/fxt_textrun.c \
	  tests/unit/textrun.h $(filter $(B)/lib/text/% $(B)/lib/base/%,$(TOBJ))
	@mkdir -p $(@D)
	$(CC) $(UCFLAGS) -o $@ $(filter %.c %.o,$^) -lcmocka -lZydis

# With the sanitizers: it reads what is hostile.
TEXTUNIT = $(patsubst %,$(B)/unit/%.o,$(filter lib/text/%,$(TSRC)) \
	  sys/base/textcache.c)
$(B)/unit/lib/text/%.o: lib/text/%
	@mkdir -p $(@D)
	$(CC) $(UNITFLAGS) -Ilib -c $< -o $@
$(B)/unit/sys/base/textcache.c.o: sys/base/textcache.c
	@mkdir -p $(@D)
	$(CC) $(UNITFLAGS) -c $< -o $@
$(B)/unit/test_textform $(B)/unit/test_textelf: $(B)/unit/test_%: \
	  tests/unit/test_%.c $(TEXTUNIT)
	$(CC) $(UNITFLAGS) -Ilib -o $@ $^ -lcmocka -lZydis

# Each program prints cmocka's own report; the counts are summed.
test-unit: $(UNITTESTS)
	@tests/run-unit $(UNITTESTS)

.PHONY: test-unit
-include $(UNITKOBJ:.o=.d) $(wildcard $(B)/unit/*.d $(B)/unit/lib/*/*.d)
