/* cpumask.c: --cpu-mask, features that a jail does not see; see cpuid.h. */
#include "jail/cpuid.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum reg { EAX, EBX, ECX, EDX };

/* Names are /proc/cpuinfo's.  needs: hidden with any of these. level: of
 * x86-64 that has it; 0: none. */
static const struct feature {
	const char	*name;
	uint32_t	leaf;
	uint8_t		sub, reg, bit, level;
	const char	*needs;
} feature[] = {
	{ "cx16", 1, 0, ECX, 13, 2, NULL },
	{ "lahf_lm", 0x80000001, 0, ECX, 0, 2, NULL },
	{ "popcnt", 1, 0, ECX, 23, 2, NULL },
	{ "pni", 1, 0, ECX, 0, 2, NULL },
	{ "ssse3", 1, 0, ECX, 9, 2, "pni" },
	{ "sse4_1", 1, 0, ECX, 19, 2, "ssse3" },
	{ "sse4_2", 1, 0, ECX, 20, 2, "sse4_1" },
	{ "pclmulqdq", 1, 0, ECX, 1, 0, NULL },
	{ "aes", 1, 0, ECX, 25, 0, NULL },
	{ "rdrand", 1, 0, ECX, 30, 0, NULL },
	{ "rdseed", 7, 0, EBX, 18, 0, NULL },
	{ "sha_ni", 7, 0, EBX, 29, 0, NULL },
	{ "gfni", 7, 0, ECX, 8, 0, NULL },
	{ "adx", 7, 0, EBX, 19, 0, NULL },
	{ "erms", 7, 0, EBX, 9, 0, NULL },
	{ "fsrm", 7, 0, EDX, 4, 0, NULL },
	{ "hle", 7, 0, EBX, 4, 0, NULL },
	{ "rtm", 7, 0, EBX, 11, 0, NULL },
	{ "clflushopt", 7, 0, EBX, 23, 0, NULL },
	{ "clwb", 7, 0, EBX, 24, 0, NULL },
	{ "movdiri", 7, 0, ECX, 27, 0, NULL },
	{ "movdir64b", 7, 0, ECX, 28, 0, NULL },
	{ "waitpkg", 7, 0, ECX, 5, 0, NULL },
	{ "serialize", 7, 0, EDX, 14, 0, NULL },
	{ "rdpid", 7, 0, ECX, 22, 0, NULL },
	{ "movbe", 1, 0, ECX, 22, 3, NULL },
	{ "abm", 0x80000001, 0, ECX, 5, 3, NULL },
	{ "bmi1", 7, 0, EBX, 3, 3, NULL },
	{ "bmi2", 7, 0, EBX, 8, 3, NULL },
	{ "xsave", 1, 0, ECX, 26, 3, NULL },
	{ "osxsave", 1, 0, ECX, 27, 3, "xsave" },
	{ "xsaveopt", 0xd, 1, EAX, 0, 0, "xsave" },
	{ "xsavec", 0xd, 1, EAX, 1, 0, "xsave" },
	{ "xgetbv1", 0xd, 1, EAX, 2, 0, "xsave" },
	{ "avx", 1, 0, ECX, 28, 3, "xsave" },
	{ "f16c", 1, 0, ECX, 29, 3, "avx" },
	{ "fma", 1, 0, ECX, 12, 3, "avx" },
	{ "avx2", 7, 0, EBX, 5, 3, "avx" },
	{ "xop", 0x80000001, 0, ECX, 11, 0, "avx" },
	{ "fma4", 0x80000001, 0, ECX, 16, 0, "avx" },
	{ "tbm", 0x80000001, 0, ECX, 21, 0, NULL },
	{ "sse4a", 0x80000001, 0, ECX, 6, 0, NULL },
	{ "3dnowprefetch", 0x80000001, 0, ECX, 8, 0, NULL },
	{ "vaes", 7, 0, ECX, 9, 0, "avx" },
	{ "vpclmulqdq", 7, 0, ECX, 10, 0, "avx" },
	{ "avx_vnni", 7, 1, EAX, 4, 0, "avx2" },
	{ "avx_ifma", 7, 1, EAX, 23, 0, "avx2" },
	{ "avx_vnni_int8", 7, 1, EDX, 4, 0, "avx2" },
	{ "avx_ne_convert", 7, 1, EDX, 5, 0, "avx2" },
	{ "avx512f", 7, 0, EBX, 16, 4, "avx2" },
	{ "avx512dq", 7, 0, EBX, 17, 4, "avx512f" },
	{ "avx512ifma", 7, 0, EBX, 21, 0, "avx512f" },
	{ "avx512pf", 7, 0, EBX, 26, 0, "avx512f" },
	{ "avx512er", 7, 0, EBX, 27, 0, "avx512f" },
	{ "avx512cd", 7, 0, EBX, 28, 4, "avx512f" },
	{ "avx512bw", 7, 0, EBX, 30, 4, "avx512f" },
	{ "avx512vl", 7, 0, EBX, 31, 4, "avx512f" },
	{ "avx512vbmi", 7, 0, ECX, 1, 0, "avx512f" },
	{ "avx512_vbmi2", 7, 0, ECX, 6, 0, "avx512f" },
	{ "avx512_vnni", 7, 0, ECX, 11, 0, "avx512f" },
	{ "avx512_bitalg", 7, 0, ECX, 12, 0, "avx512f" },
	{ "avx512_vpopcntdq", 7, 0, ECX, 14, 0, "avx512f" },
	{ "avx512_4vnniw", 7, 0, EDX, 2, 0, "avx512f" },
	{ "avx512_4fmaps", 7, 0, EDX, 3, 0, "avx512f" },
	{ "avx512_vp2intersect", 7, 0, EDX, 8, 0, "avx512f" },
	{ "avx512_fp16", 7, 0, EDX, 23, 0, "avx512f" },
	{ "avx512_bf16", 7, 1, EAX, 5, 0, "avx512f" },
	{ "amx_bf16", 7, 0, EDX, 22, 0, "xsave" },
	{ "amx_tile", 7, 0, EDX, 24, 0, "xsave" },
	{ "amx_int8", 7, 0, EDX, 25, 0, "xsave" },
};
#define	NFEATURE	(sizeof(feature) / sizeof(feature[0]))

static int
find(const char *name)
{
	for (unsigned i = 0; i < NFEATURE; i++)
		if (strcmp(feature[i].name, name) == 0)
			return ((int)i);
	return (-1);
}

static bool
take_word(const char *w, bool *hide)
{
	int i;

	if (strncmp(w, "x86-64-v", 8) == 0 && w[8] >= '1' && w[8] <= '4' &&
	    w[9] == '\0') {
		for (i = 0; i < (int)NFEATURE; i++)
			if (feature[i].level > w[8] - '0')
				hide[i] = true;
		return (true);
	}
	i = find(w);
	if (i >= 0)
		hide[i] = true;
	return (i >= 0);
}

int
cpumask_parse(const char *arg, char **hidden, char **bad)
{
	bool hide[NFEATURE] = { false };
	char *copy = strdup(arg), *save = NULL;
	size_t n = 2;

	*bad = NULL;
	for (char *w = strtok_r(copy, ",", &save); w != NULL;
	    w = strtok_r(NULL, ",", &save))
		if (!take_word(w, hide)) {
			*bad = strdup(w);
			free(copy);
			return (-1);
		}
	free(copy);
	/* What is needed stands before who needs it. */
	for (unsigned i = 0; i < NFEATURE; i++) {
		if (feature[i].needs != NULL && hide[find(feature[i].needs)])
			hide[i] = true;
		if (hide[i])
			n += strlen(feature[i].name) + 1;
	}
	*hidden = calloc(n, 1);
	if (*hidden == NULL)
		return (-1);
	(*hidden)[0] = ' ';
	for (unsigned i = 0; i < NFEATURE; i++)
		if (hide[i]) {
			strcat(*hidden, feature[i].name);
			strcat(*hidden, " ");
		}
	return (0);
}

static bool
is_hidden(const struct feature *f, const char *hidden)
{
	const char *p = hidden;
	size_t n = strlen(f->name);

	while ((p = strstr(p, f->name)) != NULL) {
		if (p > hidden && p[-1] == ' ' && p[n] == ' ')
			return (true);
		p += n;
	}
	return (false);
}

void
cpumask_apply(struct cpuid_table *t, const char *hidden)
{
	struct cpuid_row *rows = (struct cpuid_row *)t;

	t->ct_masked = 1;
	for (unsigned i = 0; i < NFEATURE; i++) {
		const struct feature *f = &feature[i];
		const struct cpuid_dir *d = &t->ct_dir[CPUID_INDEX(f->leaf)];

		if (f->sub >= d->cd_nsub || !is_hidden(f, hidden))
			continue;
		for (uint32_t c = 0; c < (d->cd_stride ? t->ct_ncpu : 1); c++) {
			struct cpuid_row *r = &rows[d->cd_row +
			    (size_t)c * d->cd_stride + f->sub];

			if (r->cr_eax == CPUID_NOROW)
				continue;
			(&r->cr_eax)[f->reg] &= ~(1u << f->bit);
		}
	}
}
