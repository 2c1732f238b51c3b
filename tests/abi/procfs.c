/*
 * /proc as shells, libc, Python, git, ps and gcc read it.
 */
#include "abitest.h"

#include <dirent.h>
#include <pthread.h>
#include <sys/prctl.h>

static char buf[65536];

static ssize_t
slurp(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n, got = 0;

	buf[0] = 0;
	if (fd < 0)
		return (-1);
	while ((n = read(fd, buf + got, sizeof(buf) - 1 - got)) > 0)
		got += n;
	close(fd);
	buf[got] = 0;
	return (got);
}

/* The value of "Key:\tvalue" in what was read. */
static const char *
field(const char *key)
{
	static char v[256];
	char *p = buf;
	size_t n = strlen(key);

	for (p = buf; p != NULL; p = strchr(p, '\n')) {
		if (*p == '\n')
			p++;
		if (strncmp(p, key, n) == 0 && p[n] == ':') {
			p += n + 1;
			p += strspn(p, " \t");
			snprintf(v, sizeof(v), "%.*s",
			    (int)strcspn(p, "\n"), p);
			return (v);
		}
	}
	return ("(none)");
}

static void
case_self(void)
{
	char link[64], me[16];

	snprintf(me, sizeof(me), "%d", getpid());
	VAL(readlink("/proc/self", link, sizeof(link)) ==
	    (ssize_t)strlen(me));
	YES(memcmp(link, me, strlen(me)) == 0);
	memset(link, 0, sizeof(link));
	VAL(readlink("/proc/thread-self", link, sizeof(link)) > 0);
	YES(strstr(link, "/task/") != NULL);
	VAL(access("/proc/123456789", F_OK));
	VAL(access("/proc/self/nothere", F_OK));
	VAL(mkdir("/proc/x", 0755));
	VAL(open("/proc/x", O_CREAT | O_WRONLY, 0644));
	VAL(unlink("/proc/self/stat"));
}

static void
case_stat(void)
{
	char comm[64], state;
	int pid, ppid, pgrp, sid, n;
	char *p;

	prctl(PR_SET_NAME, "odd) name (");
	YES(slurp("/proc/self/stat") > 0);
	p = strrchr(buf, ')');
	n = sscanf(buf, "%d (", &pid);
	YES(n == 1 && pid == getpid());
	snprintf(comm, sizeof(comm), "%.*s", (int)(p - strchr(buf, '(') - 1),
	    strchr(buf, '(') + 1);
	say("%s\n", comm);
	n = sscanf(p + 2, "%c %d %d %d", &state, &ppid, &pgrp, &sid);
	YES(n == 4 && state == 'R' && ppid == getppid() &&
	    pgrp == getpgrp() && sid == getsid(0));
	for (n = 2; *p; p++)
		n += *p == ' ';
	say("fields %d\n", n);
	YES(buf[strlen(buf) - 1] == '\n');
}

static void
case_status(void)
{
	char want[64];

	signal(SIGUSR1, SIG_IGN);
	on_signal(SIGUSR2, (void (*)(int))case_status, 0);
	prctl(PR_SET_NAME, "status");
	umask(027);
	YES(slurp("/proc/self/status") > 0);
	say("Name %s\n", field("Name"));
	say("Umask %s\n", field("Umask"));
	say("State %s\n", field("State"));
	YES(atoi(field("Pid")) == getpid());
	YES(atoi(field("Tgid")) == getpid());
	YES(atoi(field("PPid")) == getppid());
	say("TracerPid %s\n", field("TracerPid"));
	snprintf(want, sizeof(want), "%d\t%d\t%d\t%d", getuid(), geteuid(),
	    geteuid(), geteuid());
	YES(strcmp(field("Uid"), want) == 0);
	say("Threads %s\n", field("Threads"));
	say("SigBlk %s\n", field("SigBlk"));
	say("SigIgn %s\n", field("SigIgn"));
	say("SigCgt %s\n", field("SigCgt"));
	say("NoNewPrivs %s\n", field("NoNewPrivs"));
	YES(atoi(field("VmRSS")) > 0);
	YES(atoi(field("VmSize")) > 0);
	YES(atoi(field("VmPeak")) > 0);
	YES(strcmp(field("Cpus_allowed_list"), "(none)") != 0);
}

static void
case_cmdline_environ(void)
{
	pid_t pid;
	int p[2], i;
	ssize_t n;
	char path[64], c;

	MUST(pipe2(p, O_CLOEXEC));
	pid = fork();
	if (pid == 0) {
		close(p[0]);
		execle("/bin/sleep", "my sleep", "100", "0", NULL,
		    ((char *[]){ "A=1", "B=two", NULL }));
		_exit(1);
	}
	close(p[1]);
	if (read(p[0], &c, 1) != 0)
		die("exec");
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	n = slurp(path);
	say("len %zd:", n);
	for (i = 0; i < n; i++)
		say("%c", buf[i] ? buf[i] : '|');
	say("\n");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	pid = fork();
	if (pid == 0) {
		execle("/bin/sleep", "my sleep", "100", NULL,
		    ((char *[]){ "A=1", "B=two", NULL }));
		_exit(1);
	}
	wait_asleep(pid);
	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	n = slurp(path);
	say("len %zd:", n);
	for (i = 0; i < n; i++)
		say("%c", buf[i] ? buf[i] : '|');
	say("\n");
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	say("%zd ", slurp(path));
	say("%s", buf);
	snprintf(path, sizeof(path), "/proc/%d/wchan", pid);
	VAL(access(path, F_OK));
	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	memset(buf, 0, 64);
	VAL(readlink(path, buf, 64) > 0);
	say("%s\n", strrchr(buf, '/'));
	kill(pid, SIGSTOP);
	int st;
	waitpid(pid, &st, WUNTRACED);
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	slurp(path);
	say("%s\n", field("State"));
	kill(pid, SIGKILL);
	siginfo_t si;
	waitid(P_PID, pid, &si, WEXITED | WNOWAIT);
	slurp(path);
	say("%s\n", field("State"));
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	VAL(slurp(path));
	waitpid(pid, &st, 0);
	VAL(slurp(path));
}

static void
case_fd(void)
{
	DIR *d;
	struct dirent *de;
	char to[PATH_MAX], cwd[PATH_MAX];
	int fd, n = 0, p[2];
	ssize_t r;

	put_file("f", "x", 0644);
	fd = MUST(open("f", O_RDWR | O_APPEND));
	MUST(pipe(p));
	snprintf(buf, sizeof(buf), "/proc/self/fd/%d", fd);
	r = readlink(buf, to, sizeof(to));
	to[r] = 0;
	YES(getcwd(cwd, sizeof(cwd)) != NULL);
	YES(strncmp(to, cwd, strlen(cwd)) == 0);
	say("%s\n", to + strlen(cwd));
	unlink("f");
	r = readlink(buf, to, sizeof(to));
	to[r] = 0;
	say("%s\n", to + strlen(cwd));
	snprintf(buf, sizeof(buf), "/proc/self/fd/%d", p[0]);
	r = readlink(buf, to, sizeof(to));
	say("%.6s\n", to);
	d = opendir("/proc/self/fd");
	while ((de = readdir(d)) != NULL)
		if (de->d_name[0] != '.' && atoi(de->d_name) != dirfd(d))
			n++;
	closedir(d);
	VAL(n);
	snprintf(buf, sizeof(buf), "/proc/self/fdinfo/%d", fd);
	MUST(lseek(fd, 1, SEEK_SET));
	slurp(strdup(buf));
	say("pos %s flags %s\n", field("pos"), field("flags"));
	VAL(readlink("/proc/self/fd/99", to, 10));
	VAL(open("/proc/self/fd/99", O_RDONLY));
	VAL(stat("/proc/self/fd/0", (struct stat[1]){ { 0 } }));
}

static void
case_cwd_root(void)
{
	char to[PATH_MAX] = "", cwd[PATH_MAX];
	struct stat a, b;

	VAL(readlink("/proc/self/cwd", to, sizeof(to)) > 0);
	YES(strcmp(to, getcwd(cwd, sizeof(cwd))) == 0);
	memset(to, 0, sizeof(to));
	VAL(readlink("/proc/self/root", to, sizeof(to)));
	say("%s\n", to);
	put_file("f", "x", 0644);
	VAL(access("/proc/self/cwd/f", F_OK));
	MUST(stat("/proc/self/root/bin/sh", &a));
	MUST(stat("/bin/sh", &b));
	YES(a.st_ino == b.st_ino);
	MUST(stat("/proc/self/exe", &a));
	YES(S_ISREG(a.st_mode));
	MUST(lstat("/proc/self/exe", &a));
	YES(S_ISLNK(a.st_mode));
}

static void *
sleeper(void *arg)
{
	prctl(PR_SET_NAME, "a-thread");
	*(volatile int *)arg = 1;
	for (;;)
		pause();
	return (NULL);
}

static void
case_task(void)
{
	pthread_t t[2];
	volatile int up[2] = { 0, 0 };
	DIR *d;
	struct dirent *de;
	int n = 0, named = 0;
	char path[300];

	pthread_create(&t[0], NULL, sleeper, (void *)&up[0]);
	pthread_create(&t[1], NULL, sleeper, (void *)&up[1]);
	while (!up[0] || !up[1])
		nap_ms(1);
	d = opendir("/proc/self/task");
	while ((de = readdir(d)) != NULL) {
		if (de->d_name[0] == '.')
			continue;
		n++;
		snprintf(path, sizeof(path), "/proc/self/task/%s/comm",
		    de->d_name);
		slurp(path);
		named += strcmp(buf, "a-thread\n") == 0;
	}
	say("%d tasks, %d named\n", n, named);
	slurp("/proc/self/status");
	say("Threads %s\n", field("Threads"));
}

static void
case_pid_list(void)
{
	DIR *d;
	struct dirent *de;
	int me = 0, kid = 0, zero = 0;
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	d = opendir("/proc");
	while ((de = readdir(d)) != NULL) {
		me += atoi(de->d_name) == getpid();
		kid += atoi(de->d_name) == pid;
		zero += strcmp(de->d_name, "self") == 0;
	}
	closedir(d);
	say("me %d kid %d self %d\n", me, kid, zero);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void
case_system(void)
{
	int a, b;
	double up;

	YES(slurp("/proc/cpuinfo") > 0 && strstr(buf, "processor") != NULL);
	YES(slurp("/proc/meminfo") > 0);
	YES(atol(field("MemTotal")) > 0);
	YES(atol(field("MemAvailable")) > 0);
	YES(slurp("/proc/uptime") > 0 && sscanf(buf, "%lf", &up) == 1 &&
	    up > 0);
	YES(slurp("/proc/loadavg") > 0 && strchr(buf, '/') != NULL);
	YES(slurp("/proc/version") > 0 && strncmp(buf, "Linux version ", 14)
	    == 0);
	YES(slurp("/proc/stat") > 0 && strncmp(buf, "cpu ", 4) == 0 &&
	    strstr(buf, "btime ") != NULL);
	YES(slurp("/proc/filesystems") > 0 && strstr(buf, "proc") != NULL);
	YES(slurp("/proc/mounts") > 0 && strstr(buf, " / ") != NULL &&
	    strstr(buf, " /proc proc ") != NULL);
	YES(slurp("/proc/self/mountinfo") > 0 && strstr(buf, " / / ") !=
	    NULL);
	YES(slurp("/proc/sys/kernel/ostype") > 0);
	say("%s", buf);
	YES(slurp("/proc/sys/kernel/osrelease") > 0 &&
	    sscanf(buf, "%d.%d", &a, &b) == 2);
	YES(slurp("/proc/sys/kernel/hostname") > 0);
	YES(slurp("/proc/sys/kernel/pid_max") > 0 && atoi(buf) > 300);
	YES(slurp("/proc/sys/vm/overcommit_memory") == 2);
	YES(slurp("/proc/sys/fs/pipe-max-size") > 0);
	YES(slurp("/proc/sys/kernel/random/uuid") == 37);
	YES(slurp("/proc/sys/kernel/random/boot_id") == 37);
	YES(slurp("/proc/sys/kernel/ngroups_max") > 0);
	say("%s", buf);
	YES(slurp("/proc/cmdline") >= 0);
	YES(slurp("/proc/net/dev") > 0 && strstr(buf, "lo:") != NULL);
	YES(slurp("/proc/net/unix") > 0);
	YES(slurp("/proc/net/tcp") > 0);
	YES(slurp("/proc/vmstat") > 0);
	YES(slurp("/sys/devices/system/cpu/online") > 0);
	YES(slurp("/sys/devices/system/cpu/possible") > 0);
	YES(access("/sys/devices/system/node", F_OK) == 0);
	YES(slurp("/sys/kernel/mm/transparent_hugepage/enabled") > 0);
}

static void
case_self_files(void)
{
	YES(slurp("/proc/self/limits") > 0 && strstr(buf, "Max open files")
	    != NULL);
	YES(slurp("/proc/self/statm") > 0);
	YES(slurp("/proc/self/auxv") > 100 && slurp("/proc/self/auxv") % 16
	    == 0);
	YES(slurp("/proc/self/cgroup") >= 0);
	YES(slurp("/proc/self/oom_score_adj") > 0);
	say("%s", buf);
	YES(slurp("/proc/self/smaps") > 0 && strstr(buf, "Pss:") != NULL);
	YES(slurp("/proc/self/io") > 0);
	YES(slurp("/proc/self/personality") >= 0);
	say("%s", buf);
	YES(slurp("/proc/self/uid_map") > 0);
	YES(slurp("/proc/self/loginuid") >= 0 || errno == ENOENT);
}

static void
case_mem(void)
{
	int fd = MUST(open("/proc/self/mem", O_RDWR));
	volatile int x = 123;
	int y = 0;

	VAL(pread(fd, &y, sizeof(y), (uintptr_t)&x));
	VAL(y);
	y = 456;
	VAL(pwrite(fd, &y, sizeof(y), (uintptr_t)&x));
	VAL(x);
	VAL(pread(fd, &y, sizeof(y), 0));
}

static void
case_comm_write(void)
{
	char n[17] = "";
	int fd = MUST(open("/proc/self/comm", O_WRONLY));

	VAL(write(fd, "written-by-hand-and-long", 24));
	prctl(PR_GET_NAME, n);
	say("%s\n", n);
}

static void
case_small_reads(void)
{
	char a[4096];
	int fd = MUST(open("/proc/self/status", O_RDONLY));
	size_t n = 0;
	ssize_t r;

	while (n < sizeof(a) - 1 && (r = read(fd, a + n, 1)) > 0)
		n += r;
	a[n] = 0;
	YES(strstr(a, "Name:") == a && strstr(a, "\nThreads:") != NULL);
	VAL(lseek(fd, 0, SEEK_SET));
	VAL(read(fd, a, 5));
	say("%.5s\n", a);
	VAL(pread(fd, a, 3, 1));
	say("%.3s\n", a);
	VAL(read(fd, bad_page(), 10));
	struct stat st;
	MUST(fstat(fd, &st));
	say("%o %ld\n", st.st_mode, (long)st.st_size);
	MUST(stat("/proc/self", &st));
	say("%o\n", st.st_mode);
}

CASES("procfs",
	CASE(self), CASE(stat), CASE(status), CASE(cmdline_environ),
	CASE(fd), CASE(cwd_root), CASE(task), CASE(pid_list), CASE(system),
	CASE(self_files), CASE(mem), CASE(comm_write), CASE(small_reads));
