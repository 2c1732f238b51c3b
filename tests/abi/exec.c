/*
 * execve(2), execveat(2): what is passed on, what is reset, what fails.
 */
#include "abitest.h"

#include <pthread.h>
#include <sys/prctl.h>

static char helper[ABI_DIR_MAX + 32];
static char *no_env[] = { NULL };

static const char *
helper_path(const char *suffix)
{
	snprintf(helper, sizeof(helper), "%s/abi-helper%s", abi_dir, suffix);
	return (helper);
}

#define ARGV(...)	((char *[]){ __VA_ARGS__, NULL })
#define EXEC(suffix, ...)						\
	CHILD(execve(helper_path(suffix), ARGV("helper", __VA_ARGS__),	\
	    no_env); say("exec: %s\n", err_name(errno)); _exit(1))

static void
try_exec(const char *path, char **argv)
{
	CHILD(execve(path, argv, no_env);
	    say("execve %.20s: %s\n", path, err_name(errno)); _exit(1));
}

static void
case_args(void)
{
	char *env[] = { "A=1", "EMPTY=", "no-equals", NULL };

	CHILD(execve(helper_path(""), ARGV("zero", "args", "", "two words",
	    "\xff\x01"), env); _exit(1));
}

static void
case_args_static(void)
{
	char *env[] = { "A=1", NULL };

	CHILD(execve(helper_path("-static"), ARGV("zero", "args", "x"), env);
	    _exit(1));
	CHILD(execve(helper_path("-pie"), ARGV("zero", "args", "y"), env);
	    _exit(1));
}

static void
case_argv_null(void)
{
	/* Since Linux 5.18 an empty vector becomes one empty string. */
	CHILD(syscall(SYS_execve, helper_path(""), NULL, NULL); _exit(1));
	CHILD(syscall(SYS_execve, helper_path(""), no_env, no_env); _exit(1));
}

static void
case_auxv(void)
{
	EXEC("", "auxv");
	EXEC("-pie", "auxv");
	EXEC("-static", "auxv");
}

static void
case_many_args(void)
{
	char *argv[2002];
	int i;

	argv[0] = "sh";
	argv[1] = "-c";
	argv[2] = "echo $# ${2000} $1";
	for (i = 3; i < 2001; i++)
		argv[i] = i == 4 ? "first" : "x";
	argv[2001] = NULL;
	try_exec("/bin/sh", argv);
}

static void
case_big_arg(void)
{
	/* One string may hold 128 KiB with its end; not a byte more. */
	size_t max = 32 * 4096;
	char *big = malloc(max + 1);

	memset(big, 'a', max);
	big[max - 1] = 0;
	try_exec("/bin/true", ARGV("true", big));
	big[max - 1] = 'a';
	big[max] = 0;
	try_exec("/bin/true", ARGV("true", big));
}

static void
case_too_many(void)
{
	size_t n = 4000000;
	char **argv = malloc((n + 1) * sizeof(*argv));
	size_t i;

	for (i = 0; i < n; i++)
		argv[i] = "0123456789";
	argv[n] = NULL;
	try_exec("/bin/true", argv);
}

static void
case_errors(void)
{
	char name[300];

	try_exec("nothere", ARGV("x"));
	try_exec("", ARGV("x"));
	try_exec("/bin/sh/x", ARGV("x"));
	try_exec(".", ARGV("x"));
	put_file("plain", "hello", 0644);
	try_exec("./plain", ARGV("x"));
	put_file("text", "echo hello\n", 0755);
	try_exec("./text", ARGV("x"));
	put_file("empty", "", 0755);
	try_exec("./empty", ARGV("x"));
	MUST(symlink("loop", "loop"));
	try_exec("./loop", ARGV("x"));
	memset(name, 'n', 299);
	name[299] = 0;
	try_exec(name, ARGV("x"));
	MUST(mkfifo("fifo", 0755));
	try_exec("./fifo", ARGV("x"));
	try_exec("/dev/null", ARGV("x"));
}

static void
case_efault(void)
{
	char *argv[] = { "x", bad_page(), NULL };

	RET(syscall(SYS_execve, NULL, NULL, NULL));
	RET(syscall(SYS_execve, bad_page(), no_env, no_env));
	RET(syscall(SYS_execve, "/bin/true", bad_page(), no_env));
	RET(syscall(SYS_execve, "/bin/true", no_env, bad_page()));
	RET(syscall(SYS_execve, "/bin/true", argv, no_env));
}

static void
case_script(void)
{
	char line[PATH_MAX + 64];

	snprintf(line, sizeof(line), "#!%s\nbody\n", helper_path(""));
	put_file("s1", line, 0755);
	try_exec("./s1", ARGV("lost", "a", "b"));
	snprintf(line, sizeof(line), "#! \t%s  one  two \t \nbody\n",
	    helper_path(""));
	put_file("s2", line, 0755);
	try_exec("./s2", ARGV("lost", "a"));
	put_file("s3", "#!/bin/sh\necho script $0 $*\n", 0755);
	try_exec("./s3", ARGV("lost", "a", "b"));
	put_file("s4", "#!/bin/sh -e\necho e $-; false; echo no\n", 0755);
	try_exec("./s4", ARGV("lost"));
	put_file("s5", "#!/bin/sh", 0755);
	try_exec("./s5", ARGV("lost"));
}

static void
case_script_errors(void)
{
	char line[PATH_MAX + 64], deep[600];

	put_file("e1", "#!\n", 0755);
	try_exec("./e1", ARGV("x"));
	put_file("e2", "#!   \nfoo", 0755);
	try_exec("./e2", ARGV("x"));
	put_file("e3", "#!/no/such/interpreter\n", 0755);
	try_exec("./e3", ARGV("x"));
	put_file("e4", "#!./e5\n", 0755);
	put_file("e5", "#!./e4\n", 0755);
	try_exec("./e4", ARGV("x"));
	put_file("e6", "#!/bin\n", 0755);
	try_exec("./e6", ARGV("x"));
	put_file("plain", "text", 0644);
	put_file("e7", "#!./plain\n", 0755);
	try_exec("./e7", ARGV("x"));
	memset(deep, 'd', sizeof(deep));
	memcpy(deep, "#!/", 3);
	deep[sizeof(deep) - 1] = 0;
	put_file("e8", deep, 0755);
	try_exec("./e8", ARGV("x"));
	snprintf(line, sizeof(line), "#!%s arg\r\n", helper_path(""));
	put_file("e9", line, 0755);
	try_exec("./e9", ARGV("x"));
	put_file("e10", "#", 0755);
	try_exec("./e10", ARGV("x"));
	put_file("e11", "#!", 0755);
	try_exec("./e11", ARGV("x"));
}

static void
case_script_nested(void)
{
	char line[PATH_MAX + 64], name[8];
	int i;

	/* s1 runs the helper, s2 runs s1, ...: five levels are the limit. */
	snprintf(line, sizeof(line), "#!%s L1\n", helper_path(""));
	put_file("s1", line, 0755);
	for (i = 2; i <= 7; i++) {
		snprintf(line, sizeof(line), "#!./s%d L%d\n", i - 1, i);
		snprintf(name, sizeof(name), "s%d", i);
		put_file(name, line, 0755);
	}
	try_exec("./s3", ARGV("x", "end"));
	try_exec("./s5", ARGV("x", "end"));
	try_exec("./s6", ARGV("x", "end"));
	try_exec("./s7", ARGV("x", "end"));
}

static void
case_shell_fallback(void)
{
	/* execvp of a text without #! gives it to the shell. */
	put_file("t", "echo from text $1\n", 0755);
	CHILD(execvp("./t", ARGV("t", "arg")); _exit(1));
	CHILD(execlp("sh", "sh", "-c", "./t arg2", NULL); _exit(1));
}

static void
case_cloexec(void)
{
	int p[2];

	MUST(pipe(p));
	MUST(fcntl(p[0], F_SETFD, FD_CLOEXEC));
	VAL(dup2(p[1], 10));
	VAL(fcntl(p[1], F_DUPFD_CLOEXEC, 20));
	VAL(dup3(p[1], 30, O_CLOEXEC));
	VAL(open("/dev/null", O_RDONLY | O_CLOEXEC));
	EXEC("", "fds");
	EXEC("-static", "fds");
	YES(fd_open(20));
}

static void
nothing(int sig)
{
	(void)sig;
}

static void
case_signals(void)
{
	sigset_t set;

	on_signal(SIGUSR1, nothing, 0);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, 40);
	sigprocmask(SIG_SETMASK, &set, NULL);
	raise(SIGHUP);
	CHILD(raise(SIGTERM);
	    execve(helper_path(""), ARGV("h", "sigs"), no_env); _exit(1));
	pid_t pid = getpid();
	char num[16];
	snprintf(num, sizeof(num), "%d", pid);
	/* The pending one stays pending over an exec of the same process. */
	execve(helper_path(""), ARGV("h", "sigs"), no_env);
}

static void
case_altstack_reset(void)
{
	/* Were the alternate stack kept, this handler would crash. */
	stack_t ss = { .ss_sp = malloc(65536), .ss_size = 65536 };

	RET(sigaltstack(&ss, NULL));
	EXEC("", "sigs");
	EXEC("-static", "args");
}

static void
case_same_pid(void)
{
	CHILD(char num[16]; snprintf(num, sizeof(num), "%d", getpid());
	    execve(helper_path(""), ARGV("h", "pid", num), no_env));
}

static void
case_timer_kept(void)
{
	struct itimerval it = { { 0, 0 }, { 1000, 0 } };

	CHILD(setitimer(ITIMER_REAL, &it, NULL);
	    execve(helper_path(""), ARGV("h", "timer"), no_env));
	EXEC("", "timer");
}

static void
case_comm(void)
{
	CHILD(prctl(PR_SET_NAME, "renamed");
	    execve(helper_path(""), ARGV("other", "comm"), no_env));
	MUST(symlink(helper_path(""), "a-very-long-name-for-a-program"));
	CHILD(execve("./a-very-long-name-for-a-program",
	    ARGV("other", "comm"), no_env));
	EXEC("-static", "comm");
}

static void
case_exe_link(void)
{
	EXEC("", "exe");
	EXEC("-static", "exe");
	MUST(symlink(helper_path(""), "link"));
	CHILD(execve("./link", ARGV("x", "exe"), no_env));
	put_file("s", "#!/bin/sh\nbasename $(readlink /proc/$$/exe)|"
	    "sed s/bash/sh/\\;s/dash/sh/\n", 0755);
	CHILD(execle("./s", "s", NULL, ((char *[]){ "PATH=/bin:/usr/bin",
	    NULL })));
}

static void
case_inherits(void)
{
	struct rlimit rl = { 77, 99 };

	MUST(setrlimit(RLIMIT_NOFILE, &rl));
	umask(027);
	MUST(setpriority(PRIO_PROCESS, 0, 3));
	EXEC("", "limits");
}

static void
case_execveat(void)
{
	int fd, dfd;

	dfd = MUST(open(abi_dir, O_PATH | O_DIRECTORY));
	CHILD(syscall(SYS_execveat, dfd, "abi-helper", ARGV("at", "args"),
	    no_env, 0); _exit(1));
	fd = MUST(openat(dfd, "abi-helper", O_PATH));
	CHILD(syscall(SYS_execveat, fd, "", ARGV("at", "leader"), no_env,
	    AT_EMPTY_PATH); _exit(1));
	RET(syscall(SYS_execveat, fd, "", ARGV("x"), no_env, 0));
	RET(syscall(SYS_execveat, 99, "x", ARGV("x"), no_env, 0));
	RET(syscall(SYS_execveat, 99, "", ARGV("x"), no_env, AT_EMPTY_PATH));
	RET(syscall(SYS_execveat, dfd, "abi-helper", ARGV("x"), no_env,
	    0x40000000));
	RET(syscall(SYS_execveat, fd, "x", ARGV("x"), no_env, 0));
	MUST(symlink(helper_path(""), "link"));
	RET(syscall(SYS_execveat, AT_FDCWD, "link", ARGV("x"), no_env,
	    AT_SYMLINK_NOFOLLOW));
	CHILD(syscall(SYS_execveat, AT_FDCWD, "link", ARGV("x", "exit", "5"),
	    no_env, 0));
}

static void
case_fexecve(void)
{
	int fd;

	fd = MUST(open(helper_path(""), O_RDONLY | O_CLOEXEC));
	CHILD(fexecve(fd, ARGV("f", "exit", "6"), no_env); _exit(1));
	CHILD(fexecve(fd, ARGV("f", "comm"), no_env); _exit(1));
	/* A script by a descriptor that its interpreter cannot open. */
	put_file("s", "#!/bin/sh\necho hi\n", 0755);
	fd = MUST(open("s", O_RDONLY | O_CLOEXEC));
	CHILD(fexecve(fd, ARGV("f"), no_env);
	    say("%s\n", err_name(errno)); _exit(1));
	fd = MUST(open("s", O_RDONLY));
	CHILD(fexecve(fd, ARGV("f"), no_env);
	    say("%s\n", err_name(errno)); _exit(1));
}

static void
case_txtbsy(void)
{
	char cmd[PATH_MAX + 64];
	int fd, p[2];
	pid_t pid;

	snprintf(cmd, sizeof(cmd), "cp %s ./prog", helper_path(""));
	CHILD(execl("/bin/sh", "sh", "-c", cmd, NULL));
	MUST(chmod("prog", 0755));
	fd = MUST(open("prog", O_WRONLY));
	try_exec("./prog", ARGV("x", "exit", "3"));
	close(fd);
	try_exec("./prog", ARGV("x", "exit", "3"));
	/* And the other way: no writing to what runs. */
	MUST(pipe(p));
	pid = fork();
	if (pid == 0) {
		dup2(p[0], 0);
		close(p[0]);
		close(p[1]);
		execve("./prog", ARGV("x", "cat0"), no_env);
		_exit(1);
	}
	close(p[0]);
	wait_asleep(pid);
	RET(open("prog", O_WRONLY));
	RET(truncate("prog", 0));
	RET(unlink("prog"));
	close(p[1]);
	abi_reap(pid);
}

static void *
exec_thread(void *arg)
{
	execve(helper_path(""), arg, no_env);
	_exit(1);
}

static void
case_from_thread(void)
{
	CHILD(pthread_t t;
	    pthread_create(&t, NULL, exec_thread, ARGV("t", "leader"));
	    for (;;) pause());
	CHILD(pthread_t t; char num[16];
	    snprintf(num, sizeof(num), "%d", getpid());
	    pthread_create(&t, NULL, exec_thread, ARGV("t", "pid", num));
	    pthread_join(t, NULL));
}

static void *
spin_thread(void *arg)
{
	for (;;)
		(void)arg;
	return (NULL);
}

static void
case_kills_threads(void)
{
	CHILD(pthread_t t; int i;
	    for (i = 0; i < 3; i++)
		pthread_create(&t, NULL, spin_thread, NULL);
	    execve(helper_path(""), ARGV("x", "leader"), no_env));
}

static void
case_failed_exec_keeps(void)
{
	sigset_t set;

	on_signal(SIGUSR1, nothing, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_SETMASK, &set, NULL);
	int fd = MUST(open("/dev/null", O_RDONLY | O_CLOEXEC));
	RET(execve("/nothere", ARGV("x"), no_env));
	YES(fd_open(fd));
	struct sigaction sa;
	sigaction(SIGUSR1, NULL, &sa);
	YES(sa.sa_handler == nothing);
	sigprocmask(SIG_SETMASK, NULL, &set);
	YES(sigismember(&set, SIGUSR2));
}

static void
case_vfork_exec(void)
{
	pid_t pid;
	volatile int err = 0;

	pid = vfork();
	if (pid == 0) {
		execve("/nothere", ARGV("x"), no_env);
		err = errno;
		_exit(7);
	}
	abi_reap(pid);
	say("err %s\n", err_name(err));
	helper_path("");
	pid = vfork();
	if (pid == 0) {
		execve(helper, ARGV("x", "exit", "9"), no_env);
		_exit(7);
	}
	abi_reap(pid);
}

static void
case_offset_shared(void)
{
	int fd;

	put_file("f", "abcdefghij", 0644);
	fd = MUST(open("f", O_RDONLY));
	MUST(lseek(fd, 4, SEEK_SET));
	dup2(fd, 0);
	EXEC("", "cat0");
	VAL(lseek(fd, 0, SEEK_CUR));
}

static void
case_path_search(void)
{
	MUST(mkdir("d1", 0755));
	MUST(mkdir("d2", 0755));
	put_file("d1/tool", "#!/bin/sh\necho d1\n", 0644);
	put_file("d2/tool", "#!/bin/sh\necho d2\n", 0755);
	setenv("PATH", "d1:d2:/bin:/usr/bin", 1);
	CHILD(execlp("tool", "tool", NULL); _exit(1));
	CHILD(execlp("sh", "sh", "-c", "tool; command -v tool", NULL));
	setenv("PATH", "d1", 1);
	CHILD(execlp("tool", "tool", NULL);
	    say("%s\n", err_name(errno)); _exit(1));
}

static void
case_keepcaps_reset(void)
{
	MUST(prctl(PR_SET_KEEPCAPS, 1));
	MUST(prctl(PR_SET_DUMPABLE, 0));
	EXEC("", "dumpable");
}

static void
case_by_loader(void)
{
	/* The loader as a program, with a program to load. */
	try_exec("/lib64/ld-linux-x86-64.so.2", ARGV("ld.so",
	    (char *)helper_path(""), "args", "via loader"));
	CHILD(execve("/lib64/ld-linux-x86-64.so.2", ARGV("ld.so",
	    "/no/such/program"), no_env));
	CHILD(char *env[] = { "LD_TRACE_LOADED_OBJECTS=1", NULL };
	    dup2(open("/dev/null", O_WRONLY), 1);
	    execve(helper_path(""), ARGV("x"), env));
}

static void
case_stack_contents(void)
{
	char buf[4096];
	int fd = MUST(open("/proc/self/auxv", O_RDONLY));
	ssize_t n = read(fd, buf, sizeof(buf));
	unsigned long *av = (unsigned long *)buf;
	extern char **environ;
	char **p = environ, sp;

	while (*p != NULL)
		p++;
	/* The auxiliary vector lies above the environment, above us. */
	YES(n > 0 && memcmp(p + 1, av, n) == 0);
	YES((char *)environ > &sp);
	YES(av[n / 8 - 2] == 0);
}

CASES("exec",
	CASE(args), CASE(args_static), CASE(argv_null), CASE(auxv),
	CASE(many_args), CASE(big_arg), CASE(too_many), CASE(errors),
	CASE(efault), CASE(script), CASE(script_errors), CASE(script_nested),
	CASE(shell_fallback), CASE(cloexec), CASE(signals),
	CASE(altstack_reset), CASE(same_pid), CASE(timer_kept), CASE(comm),
	CASE(exe_link), CASE(inherits), CASE(execveat), CASE(fexecve),
	CASE(txtbsy), CASE(from_thread), CASE(kills_threads),
	CASE(failed_exec_keeps), CASE(vfork_exec), CASE(offset_shared),
	CASE(path_search), CASE(keepcaps_reset), CASE(by_loader),
	CASE(stack_contents));
