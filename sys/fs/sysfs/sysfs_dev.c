/* sysfs_dev.c: the devices of /dev: class/mem, class/tty, dev/char. */
#include "fs/sysfs/sysfs_var.h"

#define	DEVICE(name, dev, class, mode, maj, min)			\
	static const struct pfs_node dev##_table[] = {			\
		PFS_TEXT("dev", 0444, #maj ":" #min "\n"),		\
		PFS_SLINK("subsystem", "../../../../class/" class),	\
		PFS_TEXT("uevent", 0444, "MAJOR=" #maj "\nMINOR=" #min	\
		    "\nDEVNAME=" name "\n" mode),			\
		PFS_END							\
	}
#define	MODE666	"DEVMODE=0666\n"

DEVICE("null", null, "mem", MODE666, 1, 3);
DEVICE("zero", zero, "mem", MODE666, 1, 5);
DEVICE("full", full, "mem", MODE666, 1, 7);
DEVICE("random", random, "mem", MODE666, 1, 8);
DEVICE("urandom", urandom, "mem", MODE666, 1, 9);
DEVICE("tty", tty, "tty", MODE666, 5, 0);
DEVICE("console", console, "tty", "", 5, 1);
DEVICE("ptmx", ptmx, "tty", MODE666, 5, 2);

const struct pfs_node sysfs_vmem[] = {
	PFS_DIR("full", full_table), PFS_DIR("null", null_table),
	PFS_DIR("random", random_table), PFS_DIR("urandom", urandom_table),
	PFS_DIR("zero", zero_table),
	PFS_END
};

const struct pfs_node sysfs_vtty[] = {
	PFS_DIR("console", console_table), PFS_DIR("ptmx", ptmx_table),
	PFS_DIR("tty", tty_table),
	PFS_END
};

#define	LINK(name, path)						\
	PFS_SLINK(name, "../../devices/virtual/" path)

const struct pfs_node sysfs_classmem[] = {
	LINK("full", "mem/full"), LINK("null", "mem/null"),
	LINK("random", "mem/random"), LINK("urandom", "mem/urandom"),
	LINK("zero", "mem/zero"),
	PFS_END
};

const struct pfs_node sysfs_classtty[] = {
	LINK("console", "tty/console"), LINK("ptmx", "tty/ptmx"),
	LINK("tty", "tty/tty"),
	PFS_END
};

const struct pfs_node sysfs_devchar[] = {
	LINK("1:3", "mem/null"), LINK("1:5", "mem/zero"),
	LINK("1:7", "mem/full"), LINK("1:8", "mem/random"),
	LINK("1:9", "mem/urandom"), LINK("5:0", "tty/tty"),
	LINK("5:1", "tty/console"), LINK("5:2", "tty/ptmx"),
	PFS_END
};
