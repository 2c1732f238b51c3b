/*
 * guise.h: the command's verbs.  One file per verb, one row in main.c's table.
 *
 * A verb gets its own argv (argv[0] is its name) and returns the exit status,
 * or -1 with *e filled.
 */
#ifndef GUISE_GUISE_H
#define GUISE_GUISE_H

#include "changes/changes.h"
#include "jail/error.h"
#include "jail/jail.h"

#define	GUISE_VERSION	"0.1"

struct verb {
	const char	*v_name;
	int		(*v_run)(int argc, char **argv, struct jerr *e);
	const char	*v_summary;
};

int	cmd_list(int argc, char **argv, struct jerr *e);
int	cmd_ps(int argc, char **argv, struct jerr *e);
int	cmd_trace(int argc, char **argv, struct jerr *e);
int	cmd_run(int argc, char **argv, struct jerr *e);
int	cmd_syscalls(int argc, char **argv, struct jerr *e);
int	cmd_text(int argc, char **argv, struct jerr *e);
int	cmd_try(int argc, char **argv, struct jerr *e);

/* cmd_try.c: make js run argv on a throw-away copy of this machine. */
void	try_spec(struct jail_spec *js, char **argv);

/* opts.c: what run and try have in common. */
struct runopts {
	struct jail_spec ro_spec;
	char	**ro_env;		/* grows */
	unsigned ro_nenv;
};
enum {					/* long options without a letter */
	OPT_HOSTNAME = 256, OPT_TRAP, OPT_ROOTFS, OPT_RDONLY, OPT_EPHEMERAL,
	OPT_KINIT, OPT_CPUMASK, OPT_MEMORY, OPT_ABI, OPT_MISSING,
	OPT_CHANGES, OPT_DIFF, OPT_COMMIT, OPT_UPPER, OPT_RESUME, OPT_FORCE,
	OPT_OUTPUT, OPT_ENVFILE, OPT_ULIMIT, OPT_TMPFS, OPT_MOUNT,
	OPT_DEVICE, OPT_DEVFS,
	OPT_ENTRYPOINT, OPT_INIT, OPT_NAME,
};
#define	RUNOPTS_SHORT	"+e:w:u:v:ith"
#define	RUNOPTS_LONG							\
	{ "env", required_argument, NULL, 'e' },			\
	{ "workdir", required_argument, NULL, 'w' },			\
	{ "user", required_argument, NULL, 'u' },			\
	{ "volume", required_argument, NULL, 'v' },			\
	{ "env-file", required_argument, NULL, OPT_ENVFILE },		\
	{ "ulimit", required_argument, NULL, OPT_ULIMIT },		\
	{ "tmpfs", required_argument, NULL, OPT_TMPFS },		\
	{ "mount", required_argument, NULL, OPT_MOUNT },		\
	{ "device", required_argument, NULL, OPT_DEVICE },		\
	{ "devfs-ruleset", required_argument, NULL, OPT_DEVFS },	\
	{ "interactive", no_argument, NULL, 'i' },			\
	{ "tty", no_argument, NULL, 't' },				\
	{ "hostname", required_argument, NULL, OPT_HOSTNAME },		\
	{ "name", required_argument, NULL, OPT_NAME },			\
	{ "cpu-mask", required_argument, NULL, OPT_CPUMASK },		\
	{ "memory", required_argument, NULL, OPT_MEMORY },		\
	{ "trap", required_argument, NULL, OPT_TRAP },			\
	{ "help", no_argument, NULL, 'h' }
#define	RUNOPTS_HELP							\
"  -e, --env K=V        set a variable; K alone passes the caller's on\n" \
"      --env-file FILE  variables from a file, one a line\n"			\
"  -w, --workdir DIR    working directory of CMD\n"			\
"  -u, --user USER[:GROUP]  names or numbers, by the root's /etc/passwd\n" \
"  -v, --volume HOST:GUEST[:ro]  show a host directory or file in the guest\n" \
"      --mount type=bind,source=HOST,target=GUEST[,readonly]\n"		\
"      --mount type=tmpfs,target=GUEST[,tmpfs-size=N][,tmpfs-mode=OCTAL]\n" \
"      --tmpfs GUEST[:OPTIONS]  an empty file system in memory\n"	\
"      --device HOST[:GUEST][:rwm]  a character device of the host\n"	\
"      --devfs-ruleset FILE  what /dev shows, and how\n"		\
"      --ulimit NAME=SOFT[:HARD]  a limit of resources, by number\n"	\
"  -i, --interactive    for docker's sake: standard input is passed on anyway\n" \
"  -t, --tty            insist on a terminal; one is passed on anyway\n" \
"      --name NAME      what guise list, ps and trace call the jail\n" \
"      --hostname NAME  the guest's host name\n"			\
"      --cpu-mask LIST  processor features to hide, as /proc/cpuinfo names\n" \
"                       them, or x86-64-v1 to -v4: all above that level\n" \
"      --memory SIZE    bound of the jail's kernel memory and its memory\n" \
"                       files (suffix K, M, G; default half of the RAM)\n" \
"      --trap=sud|seccomp  how system calls are caught (for tests)\n"	\
"  -h, --help           this text\n"

void	runopts_init(struct runopts *ro);
/* 0 handled, -1 error. Unknown letters: usage error. */
int	runopts_take(struct runopts *ro, int opt, char *arg, struct jerr *e);
int	usage_error(const char *verb, struct jerr *e);
/* opts_env.c, opts_mount.c: arg may be written to, and must stay. */
int	opt_env(struct runopts *ro, char *arg, struct jerr *e);
int	opt_envfile(struct runopts *ro, const char *path, struct jerr *e);
int	opt_ulimit(struct runopts *ro, char *arg, struct jerr *e);
int	opt_volume(struct runopts *ro, char *arg, struct jerr *e);
int	opt_tmpfs(struct runopts *ro, char *arg, struct jerr *e);
int	opt_mount(struct runopts *ro, char *arg, struct jerr *e);
/* opts_dev.c */
int	opt_device(struct runopts *ro, char *arg, struct jerr *e);
int	opt_devfs(struct runopts *ro, const char *path, struct jerr *e);

/* after.c: what happens to the changes of a try. */
struct after {
	bool	af_list, af_diff, af_commit, af_yes, af_force;
	enum chg_format af_format;
	const char *af_output;		/* NULL: standard output */
};
/* As runopts_take. */
int	after_option(struct after *af, int opt, char *arg, struct jerr *e);
bool	after_wanted(const struct after *af);
/* Before the jail: what it needs to leave its changes. */
int	after_prepare(struct after *af, struct jail_spec *js,
	    struct jerr *e);
/* status: jail_run's. Returns the command's. */
int	after_run(const struct after *af, const struct jail_spec *js,
	    int status, struct jerr *e);
/* Apply the files named (NULL-terminated), or all unfinished commits. */
int	after_resume(const struct after *af, char **files, struct jerr *e);

#endif
