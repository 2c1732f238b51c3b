/*
 * opts_mount.c: what is mounted in the guest: --volume, --tmpfs, --mount, in
 * docker's words (docker-run(1)), in the order in which they are given.
 */
#include "guise.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The next free place, or NULL with *e. */
static struct jail_volume *
next_volume(struct runopts *ro, struct jerr *e)
{
	struct jail_spec *js = &ro->ro_spec;

	if (js->js_nvol == JAIL_MAXVOLUMES) {
		(void)jerr_set(e, JERR_SELF, "more than %d mounts",
		    JAIL_MAXVOLUMES);
		return (NULL);
	}
	return (&js->js_vol[js->js_nvol]);
}

int
opt_volume(struct runopts *ro, char *arg, struct jerr *e)
{
	struct jail_volume *jv = next_volume(ro, e);
	char *guest = strchr(arg, ':'), *mode;

	if (jv == NULL)
		return (-1);
	if (guest == NULL || guest == arg || guest[1] != '/')
		return (jerr_set(e, JERR_SELF, "-v %s: write HOST:GUEST or "
		    "HOST:GUEST:ro with an absolute GUEST path", arg));
	*guest++ = '\0';
	if ((mode = strchr(guest, ':')) != NULL) {
		*mode++ = '\0';
		if (strcmp(mode, "ro") == 0)
			jv->jv_rdonly = true;
		else if (strcmp(mode, "rw") != 0)
			return (jerr_set(e, JERR_SELF, "-v %s:%s:%s: the mode "
			    "is ro or rw", arg, guest, mode));
	}
	jv->jv_host = arg;
	jv->jv_guest = guest;
	ro->ro_spec.js_nvol++;
	return (0);
}

/* --- tmpfs ----------------------------------------------------------------------- */

static const struct flagname {
	const char	*name;
	unsigned	bit;
	bool		on;
} flagnames[] = {
	{ "ro", JV_RDONLY, true }, { "rw", JV_RDONLY, false },
	{ "nosuid", JV_NOSUID, true }, { "suid", JV_NOSUID, false },
	{ "nodev", JV_NODEV, true }, { "dev", JV_NODEV, false },
	{ "noexec", JV_NOEXEC, true }, { "exec", JV_NOEXEC, false },
};

static bool
take_flag(unsigned *flags, const char *word)
{
	for (size_t i = 0; i < sizeof(flagnames) / sizeof(flagnames[0]); i++) {
		if (strcmp(word, flagnames[i].name) != 0)
			continue;
		if (flagnames[i].on)
			*flags |= flagnames[i].bit;
		else
			*flags &= ~flagnames[i].bit;
		return (true);
	}
	return (false);
}

/* A number with k, m, g or %; or octal digits. */
static bool
good_number(const char *s, bool octal)
{
	size_t n = strspn(s, octal ? "01234567" : "0123456789");

	if (n == 0 || n > 18)
		return (false);
	if (!octal && s[n] != '\0' && strchr("kKmMgG%", s[n]) != NULL)
		n++;
	return (s[n] == '\0');
}

/* The text of tmpfs's own options, in the end with a mode. */
struct tmpopts {
	char	t_text[200];
	bool	t_mode;
};

static bool
tmpfs_option(struct tmpopts *t, const char *name, const char *val)
{
	static const char *const known[] = { "size", "mode", "nr_inodes",
	    "uid", "gid" };
	size_t n = strlen(t->t_text);
	bool octal = strcmp(name, "mode") == 0, ok = false;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		ok |= strcmp(name, known[i]) == 0;
	if (!ok || val == NULL || !good_number(val, octal))
		return (false);
	t->t_mode |= octal;
	return (snprintf(t->t_text + n, sizeof(t->t_text) - n, "%s%s=%s",
	    n > 0 ? "," : "", name, val) < (int)(sizeof(t->t_text) - n));
}

static int
add_tmpfs(struct runopts *ro, char *path, struct tmpopts *t, unsigned flags,
    struct jerr *e)
{
	struct jail_volume *jv = next_volume(ro, e);

	if (jv == NULL)
		return (-1);
	if (path == NULL || path[0] != '/')
		return (jerr_set(e, JERR_SELF, "tmpfs on %s: an absolute path "
		    "is needed", path != NULL ? path : "nothing"));
	if (!t->t_mode)
		(void)tmpfs_option(t, "mode", "1777");
	jv->jv_kind = JV_TMPFS;
	jv->jv_guest = path;
	jv->jv_flags = flags;
	jv->jv_options = strdup(t->t_text);
	if (jv->jv_options == NULL)
		return (jerr_errno(e, "no memory"));
	ro->ro_spec.js_nvol++;
	return (0);
}

/* PATH[:OPTION,...] */
int
opt_tmpfs(struct runopts *ro, char *arg, struct jerr *e)
{
	unsigned flags = JV_NOSUID | JV_NODEV | JV_NOEXEC;	/* docker's */
	struct tmpopts t = { "", false };
	char *opts = strchr(arg, ':'), *word, *val;

	if (opts != NULL)
		*opts++ = '\0';
	while (opts != NULL && (word = strsep(&opts, ",")) != NULL) {
		if (word[0] == '\0' || take_flag(&flags, word))
			continue;
		if ((val = strchr(word, '=')) != NULL)
			*val++ = '\0';
		if (!tmpfs_option(&t, word, val))
			return (jerr_set(e, JERR_SELF, "--tmpfs %s: bad option "
			    "%s%s%s; there are size=, mode=, nr_inodes=, uid=, "
			    "gid=, ro, exec, suid, dev", arg, word,
			    val != NULL ? "=" : "", val != NULL ? val : ""));
	}
	return (add_tmpfs(ro, arg, &t, flags, e));
}

/* --- --mount ------------------------------------------------------------------------ */

struct mountspec {
	char		*m_type, *m_source, *m_target;
	bool		m_rdonly;
	struct tmpopts	m_tmp;
};

static bool
is_true(const char *val)
{
	return (val == NULL || strcmp(val, "true") == 0 ||
	    strcmp(val, "1") == 0);
}

static bool
mount_word(struct mountspec *m, const char *name, char *val)
{
	if (strcmp(name, "readonly") == 0 || strcmp(name, "ro") == 0) {
		m->m_rdonly = is_true(val);
		return (true);
	}
	if (val == NULL)
		return (false);
	if (strcmp(name, "type") == 0)
		m->m_type = val;
	else if (strcmp(name, "source") == 0 || strcmp(name, "src") == 0)
		m->m_source = val;
	else if (strcmp(name, "target") == 0 || strcmp(name, "dst") == 0 ||
	    strcmp(name, "destination") == 0)
		m->m_target = val;
	else if (strcmp(name, "tmpfs-size") == 0)
		return (tmpfs_option(&m->m_tmp, "size", val));
	else if (strcmp(name, "tmpfs-mode") == 0)
		return (tmpfs_option(&m->m_tmp, "mode", val));
	else
		return (false);
	return (true);
}

static int
mount_bind(struct runopts *ro, const struct mountspec *m, struct jerr *e)
{
	struct jail_volume *jv = next_volume(ro, e);

	if (jv == NULL)
		return (-1);
	if (m->m_source == NULL || m->m_source[0] == '\0')
		return (jerr_set(e, JERR_SELF, "--mount type=bind: a source= "
		    "is needed"));
	if (m->m_target == NULL || m->m_target[0] != '/')
		return (jerr_set(e, JERR_SELF, "--mount type=bind: a target= "
		    "with an absolute path is needed"));
	if (m->m_tmp.t_text[0] != '\0')
		return (jerr_set(e, JERR_SELF, "--mount type=bind: tmpfs-size "
		    "and tmpfs-mode are for type=tmpfs"));
	jv->jv_host = m->m_source;
	jv->jv_guest = m->m_target;
	jv->jv_rdonly = m->m_rdonly;
	ro->ro_spec.js_nvol++;
	return (0);
}

int
opt_mount(struct runopts *ro, char *arg, struct jerr *e)
{
	struct mountspec m = { .m_type = NULL };
	char *word, *val;

	while ((word = strsep(&arg, ",")) != NULL) {
		if ((val = strchr(word, '=')) != NULL)
			*val++ = '\0';
		if (!mount_word(&m, word, val))
			return (jerr_set(e, JERR_SELF, "--mount: bad field "
			    "%s%s%s; there are type=bind|tmpfs, source=, "
			    "target=, readonly, tmpfs-size=, tmpfs-mode=",
			    word, val != NULL ? "=" : "",
			    val != NULL ? val : ""));
	}
	if (m.m_type != NULL && strcmp(m.m_type, "bind") == 0)
		return (mount_bind(ro, &m, e));
	if (m.m_type == NULL || strcmp(m.m_type, "tmpfs") != 0)
		return (jerr_set(e, JERR_SELF, "--mount: the type is bind or "
		    "tmpfs%s%s", m.m_type != NULL ? ", not " : "",
		    m.m_type != NULL ? m.m_type : ""));
	if (m.m_source != NULL)
		return (jerr_set(e, JERR_SELF, "--mount type=tmpfs has no "
		    "source"));
	return (add_tmpfs(ro, m.m_target, &m.m_tmp, JV_NOSUID | JV_NODEV |
	    JV_NOEXEC | (m.m_rdonly ? JV_RDONLY : 0), e));
}
