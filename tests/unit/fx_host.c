/* fx_host.c: see fx.h. */
#include "fx.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

char *
fx_mktmp(void)
{
	char *d = strdup("/tmp/guise-unit-XXXXXX");

	assert_non_null(mkdtemp(d));
	(void)chmod(d, 0755);
	return (d);
}

void
fx_rmtmp(char *dir)
{
	char cmd[256];

	(void)snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	assert_int_equal(system(cmd), 0);
	free(dir);
}

void
fx_put(const char *dir, const char *name, const char *text)
{
	char p[512];
	FILE *f;

	(void)snprintf(p, sizeof(p), "%s/%s", dir, name);
	f = fopen(p, "w");
	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

char *
fx_get(const char *dir, const char *name)
{
	static char buf[4096];
	char p[512];
	size_t n;
	FILE *f;

	(void)snprintf(p, sizeof(p), "%s/%s", dir, name);
	if ((f = fopen(p, "r")) == NULL)
		return (NULL);
	n = fread(buf, 1, sizeof(buf) - 1, f);
	buf[n] = '\0';
	(void)fclose(f);
	return (buf);
}

int
fx_openpath(const char *dir)
{
	return (open(dir, O_PATH | O_DIRECTORY));
}

unsigned
fx_uid(void)
{
	return (geteuid());
}

unsigned
fx_gid(void)
{
	return (getegid());
}

void
fx_swap(const char *dir, const char *name, const char *target)
{
	char p[512], q[512];

	(void)snprintf(p, sizeof(p), "%s/%s", dir, name);
	(void)snprintf(q, sizeof(q), "%s/%s.gone", dir, name);
	assert_int_equal(rename(p, q), 0);
	assert_int_equal(symlink(target, p), 0);
}

int
fx_asnobody(const char *dir, void (*fn)(void))
{
	bool root = geteuid() == 0;
	int st = -1;
	pid_t pid;

	if (root)
		assert_int_equal(chown(dir, 65534, 65534), 0);
	pid = fork();
	if (pid == 0) {
		if (root && (setresgid(65534, 65534, 65534) != 0 ||
		    setresuid(65534, 65534, 65534) != 0))
			_exit(1);
		fn();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &st, 0), pid);
	return (st);
}

long
fx_xattr(const char *dir, const char *name, const char *attr, char *v,
    size_t n)
{
	char p[512];

	(void)snprintf(p, sizeof(p), "%s/%s", dir, name);
	return (getxattr(p, attr, v, n));
}

void
fx_mkhostdir(const char *dir, const char *name)
{
	char p[512];

	(void)snprintf(p, sizeof(p), "%s/%s", dir, name);
	assert_int_equal(mkdir(p, 0755), 0);
}

void
fx_hostlink(const char *dir, const char *from, const char *to)
{
	char p[512], q[512];

	(void)snprintf(p, sizeof(p), "%s/%s", dir, from);
	(void)snprintf(q, sizeof(q), "%s/%s", dir, to);
	assert_int_equal(link(p, q), 0);
}

void
fx_sparse(const char *dir, const char *name, long size)
{
	char p[512];

	fx_put(dir, name, "start");
	(void)snprintf(p, sizeof(p), "%s/%s", dir, name);
	assert_int_equal(truncate(p, size), 0);
}
