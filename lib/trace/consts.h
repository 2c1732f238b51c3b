/* consts.h: names of constants (consts.def). */
#ifndef TRACE_CONSTS_H
#define TRACE_CONSTS_H

#include <stdint.h>

#include "trace/text.h"

struct ctrow {
	const char	*cr_name;
	uint64_t	cr_value;
};
struct ctab {
	const char	*ct_unknown;	/* "O_???" */
	const struct ctrow *ct_row;	/* ends with a NULL name */
};

#define	TABLE(name, unknown)	extern const struct ctab ct_##name;
#define	ROW(name, value)
#define	END
#include "trace/consts.def"
#undef TABLE
#undef ROW
#undef END

/* FreeBSD's, from the tables that the kernel converts by. */
extern const struct ctab ct_fbopen, ct_fbmmap, ct_fbat;
const char *ct_fbsignal(int sig);

/* The name of a value, or NULL. */
const char *ct_name(const struct ctab *ct, uint64_t v);
/* A value: its name, or "0x7 / * X_??? * /". */
void	ct_value(struct text *t, const struct ctab *ct, uint64_t v);
/* A set: "A|B|0x80"; none of its bits known: "0x80 / * X_??? * /"; 0: "0". */
void	ct_flags(struct text *t, const struct ctab *ct, uint64_t v);
/* The known bits of *v, each with a '|' after what is in t already when `any`;
 * they are cleared. Whether there is anything now. */
int	ct_bits(struct text *t, const struct ctab *ct, uint64_t *v, int any);

/* "ENOENT" or NULL; "SIGINT" or NULL. */
const char *ct_errno(int error);
const char *ct_signal(int sig);

#endif
