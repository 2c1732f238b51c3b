/*
 * User and group ids, supplementary groups, capabilities, and the checks
 * they steer.  Root and an ordinary user see different transcripts.
 */
#include "abitest.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>

static bool
root(void)
{
	return (geteuid() == 0);
}

static void
say_ids(const char *what)
{
	uid_t r, e, s;
	gid_t gr, ge, gs;

	if (getresuid(&r, &e, &s) < 0 || getresgid(&gr, &ge, &gs) < 0)
		die("getres[ug]id");
	if (root() || r == 0 || s == 0 || r == 1001)
		say("%s: %d %d %d, %d %d %d\n", what, r, e, s, gr, ge, gs);
	else
		say("%s: same %d %d, %d %d\n", what, r == e, e == s,
		    gr == ge, ge == gs);
}

static void
case_same(void)
{
	RET(setuid(getuid()));
	RET(setgid(getgid()));
	RET(seteuid(geteuid()));
	RET(setegid(getegid()));
	RET(setreuid(-1, -1));
	RET(setregid(-1, -1));
	RET(setresuid(-1, -1, -1));
	RET(setresgid(-1, -1, -1));
	say_ids("same");
	RET(syscall(SYS_getresuid, bad_page(), bad_page(), bad_page()));
	RET(setuid(-1));
	RET(setgid(-1));
}

static void
case_setuid(void)
{
	CHILD(RET(setgid(2002)); RET(setuid(1001)); say_ids("set");
	    RET(setuid(0)); RET(seteuid(0)); RET(setgid(0)); say_ids("now"));
	CHILD(RET(seteuid(1001)); say_ids("eff"); RET(seteuid(0));
	    say_ids("back"));
	CHILD(RET(setresuid(1001, 1002, 1003)); say_ids("res");
	    RET(seteuid(1003)); say_ids("to saved"); RET(seteuid(1001));
	    say_ids("to real"); RET(seteuid(1004)); RET(setuid(1003));
	    say_ids("setuid"); RET(setreuid(1003, 1001)); say_ids("re"));
	CHILD(RET(setreuid(1001, 1002)); say_ids("re");
	    RET(setreuid(1002, 1001)); say_ids("swap"); RET(setuid(1002));
	    say_ids("end"));
}

static void
case_setgid(void)
{
	CHILD(RET(setresgid(1001, 1002, 1003)); say_ids("res");
	    RET(setegid(1003)); say_ids("e"); RET(setgid(5)); say_ids("g"));
	CHILD(RET(setregid(11, 12)); say_ids("re"));
	CHILD(if (root()) MUST(setuid(1001)); RET(setgid(5));
	    RET(setegid(5)); RET(setresgid(1, 2, 3)); say_ids("user"));
}

static void
case_groups(void)
{
	gid_t g[3] = { 5, 7, 6 }, out[64];
	int n, i;

	CHILD(RET(setgroups(3, g)); n = getgroups(64, out);
	    if (root()) { say("%d:", n);
	    for (i = 0; i < n; i++) say(" %d", out[i]);
	    say("\n"); }
	    if (root()) VAL(getgroups(0, NULL));
	    RET(getgroups(1, out)); RET(syscall(SYS_getgroups, -1, out));
	    RET(setgroups(0, NULL)); VAL(getgroups(64, out)));
	RET(setgroups(100000, g));
	RET(syscall(SYS_setgroups, 3, bad_page()));
	CHILD(if (root()) { MUST(setgroups(3, g));
	    RET(syscall(SYS_getgroups, 64, bad_page())); });
}

static void
case_file_access(void)
{
	put_file("mine", "x", 0600);
	put_file("ro", "x", 0444);
	put_file("none", "x", 0000);
	put_file("exec", "#!/bin/sh\nexit 3\n", 0111);
	MUST(mkdir("dir", 0000));
	MUST(mkdir("noexec", 0666));
	RET(open("mine", O_RDWR));
	RET(open("ro", O_RDWR));
	RET(open("none", O_RDONLY));
	RET(open("exec", O_RDONLY));
	RET(open("dir/x", O_RDONLY));
	RET(open("dir", O_RDONLY));
	RET(open("noexec/x", O_RDONLY));
	RET(mkdir("dir/new", 0755));
	RET(access("mine", R_OK | W_OK));
	RET(access("mine", X_OK));
	RET(access("ro", W_OK));
	RET(access("none", R_OK));
	RET(access("none", F_OK));
	RET(access("exec", X_OK));
	RET(access("dir", X_OK));
	RET(access("dir/x", F_OK));
	RET(access("mine", 8));
	RET(truncate("ro", 0));
	CHILD(execl("./exec", "exec", NULL); _exit(9));
	CHILD(execl("./mine", "mine", NULL);
	    say("%s\n", err_name(errno)));
}

static void
case_dropped_access(void)
{
	gid_t g = 7;

	if (!root()) {
		say("not root\n");
		return;
	}
	MUST(chmod(".", 0777));
	put_file("root", "x", 0640);
	put_file("grp", "x", 0640);
	MUST(chown("grp", 0, 7));
	put_file("user", "x", 0400);
	MUST(chown("user", 1001, 1001));
	put_file("other", "x", 0004);
	put_file("notgrp", "x", 0606);
	MUST(chown("notgrp", 0, 7));
	MUST(mkdir("sticky", 0777));
	MUST(chmod("sticky", 01777));
	put_file("sticky/f", "x", 0666);
	MUST(mkdir("closed", 0700));
	CHILD(MUST(setgroups(1, &g)); MUST(setgid(1001)); MUST(setuid(1001));
	    RET(open("root", O_RDONLY)); RET(open("grp", O_RDONLY));
	    RET(open("grp", O_WRONLY)); RET(open("user", O_RDONLY));
	    RET(open("user", O_WRONLY)); RET(open("other", O_RDONLY));
	    RET(open("notgrp", O_RDONLY));
	    RET(unlink("sticky/f")); RET(rename("sticky/f", "sticky/g"));
	    RET(open("sticky/mine", O_RDWR | O_CREAT, 0600));
	    RET(unlink("sticky/mine")); RET(chdir("closed"));
	    RET(chmod("root", 0777)); RET(chmod("user", 0777));
	    RET(chown("user", 0, 0)); RET(chown("user", 1001, 7));
	    RET(chown("user", 1001, 8)); RET(chown("user", -1, -1));
	    RET(utimensat(AT_FDCWD, "root", NULL, 0));
	    RET(mknod("dev", S_IFCHR | 0600, 0x103));
	    RET(kill(getppid(), 0)); RET(setpriority(PRIO_PROCESS, 0, -1));
	    RET(unlink("other")));
	CHILD(MUST(setgroups(0, NULL)); MUST(setegid(1001));
	    MUST(seteuid(1001));
	    RET(access("root", R_OK)); RET(open("root", O_RDONLY));
	    RET(faccessat(AT_FDCWD, "root", R_OK, AT_EACCESS)));
}

static void
case_setid_bits(void)
{
	struct stat st;

	put_file("f", "x", 06755);
	MUST(stat("f", &st));
	say("%o\n", st.st_mode & 07777);
	/* A write by one who is not root clears them; chown clears them. */
	int fd = MUST(open("f", O_WRONLY));
	VAL(write(fd, "y", 1));
	MUST(stat("f", &st));
	say("%o\n", st.st_mode & 07777);
	MUST(chmod("f", 06755));
	RET(chown("f", getuid(), getgid()));
	MUST(stat("f", &st));
	say("%o\n", st.st_mode & 07777);
	MUST(mkdir("d", 02755));
	MUST(mkdir("d/sub", 0755));
	MUST(stat("d", &st));
	say("%o\n", st.st_mode & 07777);
	MUST(chmod("d", 02755));
	if (root())
		MUST(chown("d", 0, 77));
	MUST(chmod("d", 02755));
	MUST(mkdir("d/sub2", 0755));
	put_file("d/file", "x", 0644);
	MUST(stat("d/sub2", &st));
	say("%o\n", st.st_mode & 07777);
	if (root()) {
		VAL(st.st_gid);
		MUST(stat("d/file", &st));
		VAL(st.st_gid);
	}
}

static void
case_capabilities(void)
{
	struct __user_cap_header_struct h = {
	    _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	memset(d, 0, sizeof(d));
	VAL(syscall(SYS_capget, &h, d));
	say("chown %d permitted %d\n", !!(d[0].effective & 1),
	    !!(d[0].permitted & 1));
	h.version = 0x1234;
	VAL(syscall(SYS_capget, &h, d));
	say("%x\n", h.version);
	VAL(syscall(SYS_capget, &h, NULL));
	VAL(syscall(SYS_capget, bad_page(), d));
	h.version = _LINUX_CAPABILITY_VERSION_3;
	memset(d, 0, sizeof(d));
	CHILD(RET(syscall(SYS_capset, &h, d));
	    put_file("f", "x", 0600);
	    RET(chown("f", 12, 34));
	    RET(setuid(55)));
	VAL(prctl(PR_CAPBSET_READ, CAP_CHOWN));
	VAL(prctl(PR_CAPBSET_READ, 1000));
	CHILD(if (root()) { MUST(setuid(1001));
	    MUST(syscall(SYS_capget, &h, d));
	    say("after setuid %x %x\n", d[0].effective, d[0].permitted); });
	CHILD(if (root()) { prctl(PR_SET_KEEPCAPS, 1); MUST(setuid(1001));
	    MUST(syscall(SYS_capget, &h, d));
	    say("kept %d %d\n", !!(d[0].effective & 1),
	    !!(d[0].permitted & 1)); });
	CHILD(if (root()) { MUST(seteuid(1001));
	    MUST(syscall(SYS_capget, &h, d));
	    say("euid %d %d\n", !!(d[0].effective & 1),
	    !!(d[0].permitted & 1)); });
}

static void
case_fsuid(void)
{
	int old = setfsuid(-1);

	YES(old == (int)geteuid());
	YES(setfsgid(-1) == (int)getegid());
	setfsuid(1001);
	say("%s\n", setfsuid(-1) == 1001 ? "changed" : "kept");
}

static void
case_chown(void)
{
	struct stat st;

	put_file("f", "x", 0644);
	MUST(symlink("f", "l"));
	RET(chown("f", 123, 456));
	RET(lchown("l", 234, 567));
	RET(fchownat(AT_FDCWD, "f", -1, 99, 0));
	RET(fchownat(AT_FDCWD, "f", 1, 1, 0x8));
	RET(fchown(99, 1, 1));
	RET(chown("nothere", 1, 1));
	if (root()) {
		MUST(stat("f", &st));
		say("%d %d\n", st.st_uid, st.st_gid);
		MUST(lstat("l", &st));
		say("%d %d\n", st.st_uid, st.st_gid);
	}
	int fd = MUST(open("f", O_PATH));
	RET(fchown(fd, 1, 1));
	RET(fchownat(fd, "", -1, -1, AT_EMPTY_PATH));
}

static void
case_kill_permission(void)
{
	int p[2];
	pid_t pid;
	char c;

	if (!root()) {
		/* Process 1 differs: a container's is the test itself. */
		say("not root\n");
		return;
	}
	MUST(pipe(p));
	pid = fork();
	if (pid == 0) {
		if (write(p[1], "x", 1) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(p[0], &c, 1) != 1)
		die("read");
	CHILD(MUST(setuid(1001)); RET(kill(pid, SIGTERM)); RET(kill(pid, 0));
	    RET(kill(getpid(), 0)); RET(getpgid(pid));
	    RET(setpriority(PRIO_PROCESS, pid, 5));
	    RET(kill(pid, SIGCONT)));
	kill(pid, SIGKILL);
	abi_reap(pid);
}

static void
case_no_new_privs(void)
{
	VAL(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	VAL(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
	VAL(prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0));
	VAL(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	VAL(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	CHILD(VAL(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)));
}

static void
case_umask(void)
{
	struct stat st;

	OCT(umask(0777));
	OCT(umask(01077));
	OCT(umask(027));
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0666));
	MUST(fstat(fd, &st));
	say("%o\n", st.st_mode);
	MUST(mkdir("d", 0777));
	MUST(stat("d", &st));
	say("%o\n", st.st_mode);
	MUST(mkfifo("p", 0666));
	MUST(stat("p", &st));
	say("%o\n", st.st_mode);
	MUST(symlink("f", "l"));
	MUST(lstat("l", &st));
	say("%o\n", st.st_mode);
	RET(mkdir("e", 01777));
	MUST(stat("e", &st));
	say("%o\n", st.st_mode);
}

static void
case_setid_exec(void)
{
	char cmd[ABI_DIR_MAX + 64], dir[] = "/var/tmp/abitest-XXXXXX";
	int how;

	/* Not in /tmp: that may be mounted nosuid. */
	if (mkdtemp(dir) == NULL || chdir(dir) < 0 || chmod(dir, 0755) < 0)
		die("%s: %s", dir, err_name(errno));
	for (how = 0; how < 4; how++) {
		snprintf(cmd, sizeof(cmd), "cp %s/abi-helper%s prog",
		    abi_dir, how & 1 ? "" : "-static");
		CHILD(execl("/bin/sh", "sh", "-c", cmd, NULL));
		if (root())
			MUST(chown("prog", 1001, 1002));
		MUST(chmod("prog", how & 2 ? 02755 : 06755));
		CHILD(execl("./prog", "prog", "auxv", NULL));
		CHILD(execl("./prog", "prog", "ids", NULL));
		CHILD(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		    execl("./prog", "prog", "ids", NULL));
		unlink("prog");
	}
	/* Scripts get nothing of it. */
	put_file("script", "#!/bin/sh\nid -u | grep -q 1001 && echo no\n",
	    0755);
	if (root())
		MUST(chown("script", 1001, 1002));
	MUST(chmod("script", 06755));
	CHILD(execl("./script", "script", NULL));
	unlink("script");
	VAL(rmdir(dir));
}

CASES("creds",
	CASE(same), CASE(setuid), CASE(setgid), CASE(groups),
	CASE(file_access), CASE(dropped_access), CASE(setid_bits),
	CASE(capabilities), CASE(fsuid), CASE(chown), CASE(kill_permission),
	CASE(no_new_privs), CASE(umask), CASE(setid_exec));
