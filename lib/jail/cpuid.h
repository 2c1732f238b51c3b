/*
 * cpuid.h: the table of `cpuid` answers that the jail gets (base/cpuid.h), and
 * which features it hides.
 */
#ifndef JAIL_CPUID_H
#define JAIL_CPUID_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpuid.h"

/*
 * The table of this machine, malloc'ed, *size bytes; NULL: none.  It is kept in
 * the file "cpuid" beside directory dirfd (-1: nowhere) until the next boot,
 * since measuring all CPUs takes milliseconds in a virtual machine.
 */
struct cpuid_table *cpuid_get(int dirfd, size_t *size);
/* The same from the CPUs themselves. */
struct cpuid_table *cpuid_measure(size_t *size);
/* Can every offset in t (size bytes) be followed? */
int	cpuid_sound(const struct cpuid_table *t, size_t size);

/*
 * --cpu-mask: a list of /proc/cpuinfo's names of features, each hidden with all
 * that need it, or of levels x86-64-v1 to v4: hide what is above.  0 and
 * *hidden, all their names with a blank before and behind each, malloc'ed; or
 * -1 and *bad, the word that is neither.
 */
int	cpumask_parse(const char *arg, char **hidden, char **bad);
/* Hide them in t. */
void	cpumask_apply(struct cpuid_table *t, const char *hidden);

#endif
