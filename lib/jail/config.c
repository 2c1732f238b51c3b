/*
 * config.c: lays struct root and the configuration block into the arena.
 *
 * The block follows struct root, page aligned; it holds struct jail_config and
 * everything that it points to.  A bump allocator with one bound makes it; an
 * overflow is found once, at the end.
 */
#include "base/trace.h"
#include "jail/cpuid.h"
#include "jail/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define	CONFIG_MAX	(8u << 20)
#define	ENV_MAX		16384

struct block {
	char	*b_next, *b_end;
	bool	b_full;
};

static void *
blk_alloc(struct block *b, size_t n)
{
	char *p = b->b_next;

	n = roundup2(n, (size_t)16);
	if (b->b_full || n > (size_t)(b->b_end - b->b_next)) {
		b->b_full = true;
		return (NULL);
	}
	b->b_next += n;
	return (p);
}

static char *
blk_str(struct block *b, const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = blk_alloc(b, n);

	return (p == NULL ? NULL : memcpy(p, s, n));
}

static char **
blk_vec(struct block *b, char *const *v)
{
	size_t n = 0;
	char **p;

	while (v[n] != NULL)
		n++;
	if ((p = blk_alloc(b, (n + 1) * sizeof(*p))) == NULL)
		return (NULL);
	for (size_t i = 0; i < n; i++)
		p[i] = blk_str(b, v[i]);
	p[n] = NULL;
	return (p);
}

/* --- environment ---------------------------------------------------------- */

struct env {
	char	*v[ENV_MAX + 1];
	size_t	n;
};

/* The newest value of a name wins and keeps the first one's place. */
static void
env_put(struct env *ev, const char *kv)
{
	size_t klen = strcspn(kv, "=");
	size_t i;

	for (i = 0; i < ev->n; i++)
		if (strncmp(ev->v[i], kv, klen + 1) == 0)
			break;
	if (i == ENV_MAX)
		return;
	ev->v[i] = (char *)(uintptr_t)kv;
	if (i == ev->n)
		ev->n++;
	ev->v[ev->n] = NULL;
}

static void
env_fmt(struct env *ev, const char *name, const char *value)
{
	char *s;

	if (asprintf(&s, "%s=%s", name, value) > 0)
		env_put(ev, s);		/* lives as long as we do */
}

/* As docker: PATH, HOSTNAME, TERM on a terminal, HOME; then what -e says. */
static struct env *
env_make(const struct jail *j, const char *hostname)
{
	const struct jail_spec *js = j->j_spec;
	struct env *ev = calloc(1, sizeof(*ev));
	const char *term = getenv("TERM");

	if (ev == NULL)
		return (NULL);
	if (js->js_inherit) {
		for (char **p = environ; *p != NULL; p++)
			env_put(ev, *p);
		if (js->js_user != NULL && j->j_user.ju_home != NULL)
			env_fmt(ev, "HOME", j->j_user.ju_home);
	} else {
		env_put(ev, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:"
		    "/usr/bin:/sbin:/bin");
		env_fmt(ev, "HOSTNAME", hostname);
		if (j->j_ttyfd >= 0)
			env_fmt(ev, "TERM", term != NULL ? term : "xterm");
		env_fmt(ev, "HOME", j->j_user.ju_home != NULL ?
		    j->j_user.ju_home : "/");
	}
	for (char **p = js->js_env; p != NULL && *p != NULL; p++)
		env_put(ev, *p);
	return (ev);
}

/* --- the rest -------------------------------------------------------------- */

static void
put_auxv(struct jail_config *jc)
{
	int fd = open("/proc/self/auxv", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	/* Short is fine: the tail stays AT_NULL. */
	if (read(fd, jc->jc_auxv, sizeof(jc->jc_auxv) -
	    2 * sizeof(jc->jc_auxv[0])) < 0)
		memset(jc->jc_auxv, 0, sizeof(jc->jc_auxv));
	(void)close(fd);
}

static void
put_mounts(struct jail *j, struct block *b, struct jail_config *jc)
{
	const struct jail_spec *js = j->j_spec;
	struct jail_mount *jm;

	jc->jc_nmounts = js->js_nvol;
	jm = blk_alloc(b, (js->js_nvol + 1) * sizeof(*jm));
	jc->jc_mounts = jm;
	for (unsigned i = 0; jm != NULL && i < js->js_nvol; i++) {
		jm[i].jm_fd = j->j_volfd[i];
		jm[i].jm_rdonly = js->js_vol[i].jv_rdonly;
		jm[i].jm_throwaway = js->js_vol[i].jv_throwaway;
		jm[i].jm_upperfd = j->j_volupper[i];
		jm[i].jm_flags = js->js_vol[i].jv_flags;
		if (js->js_vol[i].jv_kind == JV_TMPFS)
			jm[i].jm_tmpfs = blk_str(b, js->js_vol[i].jv_options);
		jm[i].jm_target = blk_str(b, js->js_vol[i].jv_guest);
		jm[i].jm_source = blk_str(b, js->js_vol[i].jv_host != NULL ?
		    js->js_vol[i].jv_host : "tmpfs");
	}
}

static void
put_devices(struct jail *j, struct block *b, struct jail_config *jc)
{
	const struct jail_spec *js = j->j_spec;
	struct jail_device *jd;
	struct jail_devrule *dr;
	struct stat st;

	jd = blk_alloc(b, (js->js_ndev + 1) * sizeof(*jd));
	for (unsigned i = 0; jd != NULL && i < js->js_ndev; i++) {
		const struct jail_dev *d = &js->js_dev[i];

		if (fstat(j->j_devfd[i], &st) != 0)
			continue;
		jd[i].jd_fd = j->j_devfd[i];
		jd[i].jd_perm = (d->jd_read ? JD_READ : 0) |
		    (d->jd_write ? JD_WRITE : 0);
		jd[i].jd_mode = st.st_mode & 0777;
		jd[i].jd_rdev = st.st_rdev;
		jd[i].jd_path = blk_str(b, d->jd_guest);
		jc->jc_ndevices = i + 1;
	}
	jc->jc_devices = jd;
	dr = blk_alloc(b, (js->js_nrule + 1) * sizeof(*dr));
	for (unsigned i = 0; dr != NULL && i < js->js_nrule; i++) {
		dr[i].dr_pattern = blk_str(b, js->js_rule[i].jr_pattern);
		dr[i].dr_what = js->js_rule[i].jr_what;
		dr[i].dr_value = js->js_rule[i].jr_value;
		jc->jc_ndevrules = i + 1;
	}
	jc->jc_devrules = dr;
	if (b->b_full)
		jc->jc_ndevices = jc->jc_ndevrules = 0;
}

_Static_assert((int)JR_HIDE == DR_HIDE && (int)JR_GROUP == DR_GROUP,
    "the kernel's rules are ours");

static void
put_hostfacts(struct jail *j, struct block *b, struct jail_config *jc)
{
	struct jail_hostfile *jh;

	jh = blk_alloc(b, JAIL_NHOSTFACTS * sizeof(*jh));
	jc->jc_hostfiles = jh;
	for (unsigned i = 0; jh != NULL && i < JAIL_NHOSTFACTS; i++)
		if (j->j_hostfact[i] >= 0) {
			jh->jh_fd = j->j_hostfact[i];
			jh->jh_name = blk_str(b, hostfacts_name(i));
			jh++;
			jc->jc_nhostfiles++;
		}
	if (b->b_full)
		jc->jc_nhostfiles = 0;
}

static void
put_cpuid(struct jail *j, struct block *b, struct jail_config *jc)
{
	const char *hide = j->j_spec->js_cpuhide;
	struct cpuid_table *t;
	size_t n;

	if ((t = cpuid_get(j->j_textfd, &n)) == NULL)
		return;
	if (hide != NULL) {
		cpumask_apply(t, hide);
		jc->jc_cpuhide = blk_str(b, hide);
	}
	b->b_next = (char *)roundup2((uintptr_t)b->b_next, KPAGE_SIZE);
	if ((jc->jc_cpuid = blk_alloc(b, n)) != NULL)
		memcpy(jc->jc_cpuid, t, n);
	b->b_next = (char *)roundup2((uintptr_t)b->b_next, KPAGE_SIZE);
	free(t);
}

static void
put_user(struct jail *j, struct block *b, struct jail_config *jc)
{
	const struct jail_user *ju = &j->j_user;

	jc->jc_uid = ju->ju_uid;
	jc->jc_gid = ju->ju_gid;
	jc->jc_ngroups = ju->ju_ngroups;
	jc->jc_groups = blk_alloc(b, (ju->ju_ngroups + 1) * sizeof(uint32_t));
	if (jc->jc_groups != NULL && ju->ju_ngroups > 0)
		memcpy(jc->jc_groups, ju->ju_groups,
		    ju->ju_ngroups * sizeof(uint32_t));
	jc->jc_hostuid = geteuid();
	jc->jc_hostgid = getegid();
	/* Rootless: our own files belong to root in a root file system of its
	 * own; a copy of this machine shows everybody as he is. */
	jc->jc_mapself = geteuid() != 0 && !j->j_spec->js_try;
	jc->jc_umask = j->j_umask;
}

/* A guest that saw its own upper layer could write into it for ever. */
static void
put_hide(struct jail *j, struct block *b, struct jail_config *jc)
{
	char *path = realpath(j->j_spec->js_upper, NULL);

	if (path != NULL)
		jc->jc_hide = blk_str(b, path);
	free(path);
}

static void
put_config(struct jail *j, struct block *b, struct jail_config *jc)
{
	const struct jail_spec *js = j->j_spec;
	struct utsname u;
	const char *host = js->js_hostname;
	struct env *ev;

	if (host == NULL)
		host = uname(&u) == 0 ? u.nodename : "guise";
	jc->jc_rootkind = js->js_ephemeral ? JAIL_ROOT_EPHEMERAL :
	    JAIL_ROOT_HOSTFS;
	jc->jc_rootfd = j->j_rootfd;
	jc->jc_rdonly = js->js_rdonly;
	jc->jc_kinit = js->js_kinit;
	jc->jc_try = js->js_try;
	memcpy(jc->jc_stdio, j->j_stdio, sizeof(jc->jc_stdio));
	jc->jc_ttyfd = j->j_ttyfd;
	jc->jc_textdir = j->j_textfd;
	jc->jc_text = j->j_textprog[0] != '\0';
	put_user(j, b, jc);
	jc->jc_hostname = blk_str(b, host);
	jc->jc_cwd = blk_str(b, js->js_cwd != NULL ? js->js_cwd : "/");
	if (js->js_argv != NULL) {
		jc->jc_path = blk_str(b, js->js_argv[0]);
		jc->jc_argv = blk_vec(b, js->js_argv);
	}
	jc->jc_upperfd = j->j_upperfd;
	if (js->js_upper != NULL)
		put_hide(j, b, jc);
	jc->jc_exportfd = js->js_exportfd > 2 ? js->js_exportfd : -1;
	ev = env_make(j, host);
	jc->jc_envp = ev != NULL ? blk_vec(b, ev->v) : NULL;
	b->b_full |= ev == NULL;
	free(ev);
	put_mounts(j, b, jc);
	put_devices(j, b, jc);
	put_hostfacts(j, b, jc);
	put_cpuid(j, b, jc);
	/* Nothing asked for: dispatch, unless check_host found it missing. */
	jc->jc_trap = js->js_trap;
	if (jc->jc_trap == 0 && !(j->j_features & ROOTF_SUD))
		jc->jc_trap = ROOTF_SECCOMP;
	jc->jc_memlimit = j->j_size;
	if (js->js_trace != NULL &&
	    (jc->jc_trace = blk_alloc(b, sizeof(*jc->jc_trace))) != NULL)
		*jc->jc_trace = *js->js_trace;
	memcpy(jc->jc_rlimit, j->j_rlimit, sizeof(jc->jc_rlimit));
	for (unsigned i = 0; i < nitems(js->js_rlimit); i++)
		if (js->js_rlimit[i].jl_set) {
			jc->jc_rlimit[i][0] = js->js_rlimit[i].jl_soft;
			jc->jc_rlimit[i][1] = js->js_rlimit[i].jl_hard;
		}
	put_auxv(jc);
}

int
config_build(struct jail *j, struct jerr *e)
{
	struct root *r = j->j_root;
	struct block b;
	struct jail_config *jc;

	b.b_next = (char *)r + roundup2(sizeof(*r), KPAGE_SIZE);
	b.b_end = b.b_next + CONFIG_MAX;
	b.b_full = false;
	jc = blk_alloc(&b, sizeof(*jc));
	put_config(j, &b, jc);
	if (getrandom(jc->jc_seed, sizeof(jc->jc_seed), 0) !=
	    (ssize_t)sizeof(jc->jc_seed))
		return (jerr_errno(e, "no randomness from the host"));
	if (b.b_full)
		return (jerr_set(e, JERR_SELF, "arguments and environment are "
		    "too long (over %u bytes)", CONFIG_MAX));
	r->r_magic = ARENA_MAGIC;
	r->r_size = j->j_size;
	r->r_features = j->j_features;
	r->r_memfd = j->j_memfd;
	r->r_kernfd = j->j_kern.ki_fd;
	r->r_config = jc;
	r->r_config_size = (uint64_t)(b.b_next - (char *)jc);
	r->r_wardenpid = (uint32_t)getpid();
	r->r_hostfds = (uint32_t)j->j_nofile;
	return (0);
}
