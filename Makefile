# Guise: GNU make. Output goes to $(B); see README.md.
B	?= build
PREFIX	?= /usr/local
DEBUG	?= 0
ifeq ($(origin CC),default)
CC	:= $(if $(shell command -v ccache),ccache )gcc
endif

WARN	= -Wall -Wextra -Werror -Wno-unused-parameter
KCFLAGS	= -std=gnu11 -O2 -g $(WARN) -ffreestanding -fpie -fvisibility=hidden \
	  -mgeneral-regs-only -mno-red-zone -fno-stack-protector \
	  -fno-omit-frame-pointer -fcf-protection=none -fno-strict-aliasing \
	  -fno-asynchronous-unwind-tables -fwrapv -fno-common \
	  -fno-jump-tables -ffunction-sections -include sys/libkern/hidden.h -Isys -MMD -MP
UCFLAGS	= -std=gnu11 -O2 -g $(WARN) -D_GNU_SOURCE -Isys -Ilib -I$(B)/gen -MMD -MP
ifeq ($(DEBUG),1)
KCFLAGS	+= -DGUISE_DEBUG
endif

KDIRS	= libkern host/linux arch/amd64 base vm vfs kern ipc net \
	  fs/tmpfs fs/hostfs fs/unionfs fs/pseudofs fs/procfs fs/sysfs \
	  fs/devfs abi abi/linux abi/linux64 abi/freebsd64 init
KSRC	= $(foreach d,$(KDIRS),$(wildcard sys/$(d)/*.c sys/$(d)/*.S))
KOBJ	= $(patsubst sys/%,$(B)/sys/%.o,$(KSRC))
# The rewriter is a program of its own: it needs a shared library.
TSRC	= $(wildcard lib/text/*.c cmd/guise-text/*.c)
TOBJ	= $(patsubst %,$(B)/%.o,$(TSRC)) $(B)/lib/base/textcache.c.o
USRC	= $(filter-out $(TSRC),$(wildcard lib/*/*.c cmd/guise/*.c)) \
	  lib/text/wire.c
# calldescs: plain data that the kernel has as well.
UOBJ	= $(patsubst %,$(B)/%.o,$(USRC)) $(B)/sys/abi/calldescs.c.o

all: $(B)/guise-kern $(B)/guise $(B)/guise-text

$(B)/sys/%.c.o: sys/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(KCFLAGS) -c $< -o $@
$(B)/sys/%.S.o: sys/%.S Makefile
	@mkdir -p $(@D)
	$(CC) $(KCFLAGS) -c $< -o $@
# The host calls that the kernel makes, from its sources: the allow-list.
HOSTSRC	= $(wildcard sys/host/linux/*.[chS])
$(B)/gen/hostcalls.inc: $(HOSTSRC) Makefile
	@mkdir -p $(@D)
	@{ grep -ohE '\bHCI?\([a-z0-9_]+' $(HOSTSRC) | sed 's/.*(//'; \
	    echo clone; echo rt_sigreturn; echo exit_group; } | sort -u | \
	    grep -vx nr | sed 's/.*/SYS_&,/' >$@
$(B)/lib/jail/confine.c.o: $(B)/gen/hostcalls.inc
$(B)/lib/%.c.o: lib/%.c
	@mkdir -p $(@D)
	$(CC) $(UCFLAGS) -c $< -o $@
$(B)/lib/base/%.c.o: sys/base/%.c
	@mkdir -p $(@D)
	$(CC) $(UCFLAGS) -c $< -o $@
$(B)/cmd/%.c.o: cmd/%.c
	@mkdir -p $(@D)
	$(CC) $(UCFLAGS) -c $< -o $@

$(B)/guise-kern: $(KOBJ) sys/arch/amd64/kernel.ld
	$(CC) -nostdlib -static -Wl,-T,sys/arch/amd64/kernel.ld \
	    -Wl,--build-id=none -Wl,-z,noexecstack -o $@ $(KOBJ)

$(B)/sys/libkern/str.c.o: KCFLAGS += -fno-builtin

# Objects of the kernel alone: what a developer of one part compiles.
kobj: $(KOBJ)

# Static: a quarter millisecond of each start would be dynamic linking.
$(B)/guise: $(UOBJ)
	@mkdir -p $(@D)
	$(CC) -g -static -o $@ $(UOBJ)

# The one thing beyond a compiler that building needs.
/usr/include/Zydis/Zydis.h:
	tools/bootstrap build
$(B)/lib/text/dis.c.o $(B)/unit/lib/text/dis.c.o: | /usr/include/Zydis/Zydis.h

$(B)/guise-text: $(TOBJ) $(B)/lib/jail/error.c.o
	@mkdir -p $(@D)
	$(CC) -g -o $@ $^ -lZydis

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/guise \
	    $(DESTDIR)$(PREFIX)/share/man/man1 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions
	install -m 755 $(B)/guise $(DESTDIR)$(PREFIX)/bin/guise
	install -m 755 $(B)/guise-kern \
	    $(DESTDIR)$(PREFIX)/libexec/guise/guise-kern
	install -m 755 $(B)/guise-text \
	    $(DESTDIR)$(PREFIX)/libexec/guise/guise-text
	install -m 644 $(wildcard man/*.1) $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 cmd/guise/completion/guise.bash \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/guise
	install -m 644 cmd/guise/completion/_guise \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_guise

clean:
	rm -rf $(B)

.PHONY: all kobj install clean
-include $(KOBJ:.o=.d) $(UOBJ:.o=.d) $(TOBJ:.o=.d)
-include $(wildcard tests/*.mk bench/*.mk tools/*.mk)
