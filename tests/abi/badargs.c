/*
 * Bad pointers, lengths, descriptors and flags, in bulk.  Each line of a
 * transcript is one call; the answer is an errno, never a signal.
 */
#include "abitest.h"

#include <sys/socket.h>

#define SYS(n, ...)	do { errno = 0;					\
		long r_ = syscall(SYS_##n, ##__VA_ARGS__);		\
		abi_val(#n "(" #__VA_ARGS__ ")", r_, errno); } while (0)

#define BAD	bad_page()
#define KERN	((void *)0xffffffff80000000UL)
#define NONC	((void *)(1UL << 62))

static void
case_paths(void)
{
	SYS(open, BAD, 0);
	SYS(open, KERN, 0);
	SYS(open, NONC, 0);
	SYS(openat, AT_FDCWD, BAD, 0);
	SYS(creat, BAD, 0);
	SYS(stat, BAD, BAD);
	SYS(lstat, BAD, BAD);
	SYS(newfstatat, AT_FDCWD, BAD, BAD, 0);
	SYS(access, BAD, 0);
	SYS(faccessat, AT_FDCWD, BAD, 0);
	SYS(chdir, BAD);
	SYS(mkdir, BAD, 0);
	SYS(mkdirat, AT_FDCWD, BAD, 0);
	SYS(rmdir, BAD);
	SYS(unlink, BAD);
	SYS(unlinkat, AT_FDCWD, BAD, 0);
	SYS(rename, BAD, BAD);
	SYS(renameat2, AT_FDCWD, BAD, AT_FDCWD, BAD, 0);
	SYS(link, BAD, "x");
	SYS(link, ".", BAD);
	SYS(symlink, BAD, "x");
	SYS(symlink, "x", BAD);
	SYS(readlink, BAD, BAD, 10);
	SYS(chmod, BAD, 0);
	SYS(chown, BAD, 0, 0);
	SYS(lchown, BAD, 0, 0);
	SYS(truncate, BAD, 0);
	SYS(statfs, BAD, BAD);
	SYS(utimensat, AT_FDCWD, BAD, NULL, 0);
	SYS(utime, BAD, NULL);
	SYS(utimes, BAD, NULL);
	SYS(mknod, BAD, 0100600, 0);
	SYS(getxattr, BAD, "user.x", NULL, 0);
	SYS(setxattr, ".", BAD, "x", 1, 0);
	SYS(listxattr, BAD, NULL, 0);
	SYS(removexattr, ".", BAD);
	SYS(execve, BAD, NULL, NULL);
	SYS(inotify_add_watch, 0, BAD, 1);
	SYS(memfd_create, BAD, 0);
}

static void
case_outputs(void)
{
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0600)), p[2];

	MUST(pipe(p));
	put_file("f", "data", 0600);
	SYS(read, fd, BAD, 4);
	SYS(read, fd, KERN, 4);
	SYS(read, fd, NONC, 4);
	SYS(write, fd, BAD, 4);
	SYS(write, fd, KERN, 4);
	SYS(write, p[1], BAD, 4);
	SYS(pread64, fd, BAD, 4, 0);
	SYS(fstat, fd, BAD);
	SYS(fstat, fd, KERN);
	SYS(fstat, fd, NONC);
	SYS(stat, "f", NULL);
	SYS(fstatfs, fd, BAD);
	SYS(getcwd, BAD, 100);
	SYS(getdents64, MUST(open(".", O_RDONLY)), BAD, 1000);
	SYS(pipe, NULL);
	SYS(pipe2, BAD, 0);
	SYS(uname, NULL);
	SYS(sysinfo, BAD);
	SYS(gettimeofday, BAD, BAD);
	SYS(clock_gettime, 0, BAD);
	SYS(clock_getres, 0, BAD);
	SYS(times, BAD);
	SYS(getrusage, 0, BAD);
	SYS(getrlimit, 0, BAD);
	SYS(getgroups, 0, BAD);
	SYS(getresuid, BAD, BAD, BAD);
	SYS(getresgid, BAD, BAD, BAD);
	SYS(getitimer, 0, BAD);
	SYS(sched_getparam, 0, BAD);
	SYS(sched_getaffinity, 0, 128, BAD);
	SYS(rt_sigaction, 10, NULL, BAD, 8);
	SYS(rt_sigprocmask, 0, NULL, BAD, 8);
	SYS(rt_sigpending, BAD, 8);
	SYS(sigaltstack, NULL, BAD);
	SYS(fcntl, fd, F_GETLK, BAD);
	SYS(ioctl, p[0], 0x541b, BAD);
	SYS(mincore, (uintptr_t)&fd & ~4095UL, 4096, BAD);
	SYS(getrandom, BAD, 10, 0);
	SYS(sendfile, fd, fd, BAD, 1);
	SYS(prctl, 16, BAD);
	SYS(capget, BAD, BAD);
	SYS(get_robust_list, 0, BAD, BAD);
	SYS(getcpu, BAD, BAD, NULL);
	SYS(arch_prctl, 0x1003, BAD);
}

static void
case_inputs(void)
{
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0600)), s[2];

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	SYS(rt_sigaction, 10, BAD, NULL, 8);
	SYS(rt_sigprocmask, 0, BAD, NULL, 8);
	SYS(rt_sigsuspend, BAD, 8);
	SYS(rt_sigtimedwait, BAD, NULL, NULL, 8);
	SYS(rt_sigqueueinfo, getpid(), 10, BAD);
	SYS(sigaltstack, BAD, NULL);
	SYS(nanosleep, BAD, NULL);
	SYS(clock_nanosleep, 1, 0, BAD, NULL);
	SYS(setitimer, 0, BAD, NULL);
	SYS(setrlimit, 0, BAD);
	SYS(prlimit64, 0, 0, BAD, NULL);
	SYS(futex, BAD, 0, 0, NULL, NULL, 0);
	SYS(poll, BAD, 1, 0);
	SYS(ppoll, BAD, 1, BAD, NULL, 8);
	SYS(select, 1, BAD, NULL, NULL, NULL);
	SYS(pselect6, 1, NULL, NULL, NULL, BAD, NULL);
	SYS(pselect6, 1, NULL, NULL, NULL, NULL, BAD);
	SYS(epoll_ctl, 0, 1, 0, BAD);
	SYS(readv, fd, BAD, 1);
	SYS(writev, fd, BAD, 1);
	SYS(preadv, fd, BAD, 1, 0, 0);
	SYS(fcntl, fd, F_SETLK, BAD);
	SYS(bind, s[0], BAD, 10);
	SYS(connect, s[0], BAD, 10);
	SYS(sendto, s[0], BAD, 5, 0, NULL, 0);
	SYS(sendto, s[0], "x", 1, 0, BAD, 10);
	SYS(recvfrom, s[0], BAD, 5, MSG_DONTWAIT, NULL, NULL);
	SYS(sendmsg, s[0], BAD, 0);
	SYS(recvmsg, s[0], BAD, MSG_DONTWAIT);
	SYS(setsockopt, s[0], SOL_SOCKET, SO_REUSEADDR, BAD, 4);
	SYS(getsockopt, s[0], SOL_SOCKET, SO_TYPE, BAD, BAD);
	SYS(getsockname, s[0], BAD, BAD);
	SYS(getpeername, s[0], BAD, BAD);
	SYS(socketpair, AF_UNIX, SOCK_STREAM, 0, BAD);
	SYS(setgroups, 1, BAD);
	SYS(sched_setaffinity, 0, 8, BAD);
	SYS(sched_setscheduler, 0, 0, BAD);
	SYS(timer_create, 1, BAD, BAD);
	SYS(timerfd_settime, fd, 0, BAD, NULL);
	SYS(signalfd4, -1, BAD, 8, 0);
	SYS(clone3, BAD, 64);
	SYS(openat2, AT_FDCWD, ".", BAD, 24);
	SYS(utimensat, AT_FDCWD, ".", BAD, 0);
	SYS(process_vm_readv, getpid(), BAD, 1, BAD, 1, 0);
}

static void
case_descriptors(void)
{
	static const int fds[] = { -1, 99, INT_MAX };
	size_t i;

	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		int fd = fds[i];
		char c;
		say("fd %d\n", fd);
		SYS(read, fd, &c, 1);
		SYS(write, fd, &c, 1);
		SYS(close, fd);
		SYS(lseek, fd, 0, 0);
		SYS(fstat, fd, BAD);
		SYS(dup, fd);
		SYS(dup2, fd, 5);
		SYS(fcntl, fd, F_GETFL);
		SYS(ioctl, fd, 0x5401, &c);
		SYS(fsync, fd);
		SYS(ftruncate, fd, 0);
		SYS(fchdir, fd);
		SYS(fchmod, fd, 0);
		SYS(fchown, fd, 0, 0);
		SYS(getdents64, fd, &c, 1);
		SYS(flock, fd, 1);
		SYS(fstatfs, fd, BAD);
		SYS(openat, fd, "x", 0);
		SYS(epoll_wait, fd, &c, 1, 0);
		SYS(accept, fd, NULL, NULL);
		SYS(listen, fd, 1);
		SYS(shutdown, fd, 0);
		SYS(readv, fd, NULL, 0);
		SYS(mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
		SYS(fallocate, fd, 0, 0, 1);
		SYS(fadvise64, fd, 0, 0, 0);
		SYS(splice, fd, NULL, fd, NULL, 1, 0);
	}
}

static void
case_wrong_kind(void)
{
	int d = MUST(open(".", O_RDONLY)), s[2], p[2], f;
	char c[64];

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	MUST(pipe(p));
	f = MUST(open("f", O_RDWR | O_CREAT, 0600));
	SYS(read, d, c, 1);
	SYS(write, d, c, 1);
	SYS(pread64, d, c, 1, 0);
	SYS(ftruncate, d, 0);
	SYS(ftruncate, s[0], 0);
	SYS(lseek, s[0], 0, 0);
	SYS(lseek, p[0], 0, 1);
	SYS(fchdir, f);
	SYS(getdents64, f, c, 64);
	SYS(getdents64, p[0], c, 64);
	SYS(accept, f, NULL, NULL);
	SYS(listen, p[0], 1);
	SYS(sendto, f, c, 1, 0, NULL, 0);
	SYS(recvfrom, p[0], c, 1, 0, NULL, NULL);
	SYS(getsockname, f, c, c);
	SYS(epoll_wait, f, c, 1, 0);
	SYS(epoll_ctl, f, 1, f, c);
	SYS(timerfd_gettime, f, c);
	SYS(inotify_rm_watch, f, 1);
	SYS(mmap, NULL, 4096, PROT_READ, MAP_SHARED, d, 0);
	SYS(mmap, NULL, 4096, PROT_READ, MAP_SHARED, s[0], 0);
	SYS(fsync, s[0]);
	SYS(fsync, p[0]);
	SYS(fdatasync, d);
	SYS(fallocate, d, 0, 0, 1);
	SYS(fallocate, s[0], 0, 0, 1);
	SYS(tee, f, f, 1, 0);
	SYS(splice, f, NULL, f, NULL, 1, 0);
	SYS(sendfile, f, d, NULL, 1);
	SYS(copy_file_range, d, NULL, f, NULL, 1, 0);
	SYS(ioctl, d, 0x5401, c);
	SYS(ioctl, s[0], 0x5413, c);
	SYS(flock, s[0], 5);
	SYS(fgetxattr, p[0], "user.x", c, 1);
}

static void
case_flags(void)
{
	int p[2];
	char c[64];

	SYS(pipe2, p, 0xdead);
	SYS(dup3, 0, 5, 0xdead);
	SYS(eventfd2, 0, 0xdead);
	SYS(epoll_create1, 0xdead);
	SYS(epoll_create, -1);
	SYS(timerfd_create, 0, 0xdead);
	SYS(signalfd4, -1, c, 8, 0xdead);
	SYS(inotify_init1, 0xdead);
	SYS(memfd_create, "x", 0xdeae);
	SYS(unlinkat, AT_FDCWD, "x", 0xdead);
	SYS(renameat2, AT_FDCWD, "x", AT_FDCWD, "y", 0xdead);
	SYS(linkat, AT_FDCWD, "x", AT_FDCWD, "y", 0xdead);
	SYS(fchownat, AT_FDCWD, "x", 0, 0, 0xdead);
	SYS(newfstatat, AT_FDCWD, ".", c, 0xdead);
	SYS(statx, AT_FDCWD, ".", 0xdead, 0, c);
	SYS(utimensat, AT_FDCWD, ".", NULL, 0xdead);
	SYS(faccessat2, AT_FDCWD, ".", 0, 0xdead);
	SYS(faccessat2, AT_FDCWD, ".", 0xde, 0);
	SYS(getrandom, c, 1, 0xdead);
	SYS(msync, 0, 0, 0xdead);
	SYS(madvise, 0, 0, 0xdead);
	SYS(mremap, 0, 4096, 4096, 0xdead);
	SYS(mlockall, 0xdead);
	SYS(mprotect, 0, 4096, 0xdead);
	SYS(socket, 1, 0xdead01, 0);
	SYS(socket, -1, 1, 0);
	SYS(accept4, 0, NULL, NULL, 0xdead);
	SYS(wait4, -1, NULL, 0xdead, NULL);
	SYS(waitid, 0, 0, NULL, 0xdead, NULL);
	SYS(waitid, 99, 0, NULL, 4, NULL);
	SYS(kill, getpid(), 0xdead);
	SYS(tgkill, getpid(), getpid(), 0xdead);
	SYS(rt_sigprocmask, 0xdead, c, NULL, 8);
	SYS(rt_sigaction, 0xdead, NULL, NULL, 8);
	SYS(rt_sigaction, 10, NULL, NULL, 4);
	SYS(setpriority, 0xdead, 0, 0);
	SYS(getpriority, 0xdead, 0);
	SYS(getrusage, 0xdead, c);
	SYS(getitimer, 0xdead, c);
	SYS(clock_gettime, 0xdead, c);
	SYS(lseek, 0, 0, 0xdead);
	SYS(fcntl, 0, 0xdead, 0);
	SYS(close_range, 9, 9, 0xdead);
	SYS(copy_file_range, 0, NULL, 0, NULL, 1, 0xdead);
	SYS(splice, 0, NULL, 0, NULL, 1, 0xdead);
	SYS(sync_file_range, 0, 0, 0, 0xdead);
	SYS(prctl, 0xdead, 0, 0, 0, 0);
	SYS(arch_prctl, 0xdead, 0);
	SYS(unshare, 0xdead);
	SYS(clone, 0x10000, 0, 0, 0, 0);
	SYS(pidfd_open, getpid(), 0xdead);
	SYS(execveat, AT_FDCWD, "/bin/true", NULL, NULL, 0xdead);
	SYS(sched_setscheduler, 0, 0xdead, c);
	SYS(membarrier, 0xdead, 0, 0);
	SYS(futex, c, 0xde, 0, NULL, NULL, 0);
}

static void
case_lengths(void)
{
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0600)), s[2];
	char c[64] = "";
	struct iovec v[2] = { { c, 1L << 62 }, { c, 1L << 62 } };

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	SYS(write, fd, c, -1L);
	SYS(read, fd, c, 1L << 63);
	SYS(writev, fd, v, 2);
	SYS(readv, fd, v, -1);
	SYS(readv, fd, v, 1 << 30);
	SYS(getcwd, c, 0);
	SYS(getdents64, MUST(open(".", O_RDONLY)), c, 0);
	SYS(readlink, "/proc/self", c, -5);
	SYS(readlink, "/proc/self", c, 0);
	SYS(sendto, s[0], c, -1L, MSG_DONTWAIT, NULL, 0);
	SYS(bind, s[0], c, -1);
	SYS(bind, s[0], c, 1 << 30);
	SYS(connect, s[0], c, 1 << 30);
	SYS(setsockopt, s[0], 1, 2, c, -1);
	SYS(setgroups, -1, c);
	SYS(getgroups, -1, c);
	SYS(poll, c, -1, 0);
	SYS(select, -5, NULL, NULL, NULL, NULL);
	SYS(epoll_wait, 0, c, -1, 0);
	SYS(mmap, NULL, 0, 1, 0x22, -1, 0);
	SYS(mmap, NULL, -4096L, 1, 0x22, -1, 0);
	SYS(munmap, 4096, -4096L);
	SYS(mprotect, 4096, -4096L, 1);
	SYS(mremap, 4096, 4096, -4096L, 1);
	SYS(madvise, 4096, -4096L, 4);
	SYS(mincore, 4096, -1L, c);
	SYS(sethostname, c, -1);
	SYS(fallocate, fd, 0, 0, -1L);
	SYS(fallocate, fd, 0, 1L << 62, 1L << 62);
	SYS(ftruncate, fd, 1L << 63);
	SYS(getrandom, c, 0, 0);
	SYS(sigaltstack, NULL, NULL);
	SYS(set_robust_list, c, 23);
	SYS(clone3, c, 1);
	SYS(clone3, c, 1 << 20);
	SYS(sched_getaffinity, 0, 3, c);
	SYS(set_mempolicy, 0, NULL, 0);
	SYS(getxattr, ".", "user.x", NULL, -1L);
}

static void
case_all_numbers(void)
{
	/* No call number may crash the kernel, whatever the arguments are.
	 * Left out: those that end, stop or wait, and those for the host. */
	static const int skip[] = {
		SYS_exit, SYS_exit_group, SYS_fork, SYS_vfork, SYS_clone,
		SYS_clone3, SYS_pause, SYS_rt_sigreturn, SYS_rt_sigsuspend,
		SYS_reboot, SYS_kexec_load, SYS_kexec_file_load,
		SYS_vhangup, SYS_sync, SYS_settimeofday, SYS_acct,
		SYS_swapon, SYS_swapoff, SYS_sethostname, SYS_setdomainname,
		SYS_syslog, SYS_kill, SYS_tkill, SYS_tgkill, SYS_munmap,
		SYS_brk, SYS_alarm, SYS_munlockall, SYS_mlockall, SYS_close,
		SYS_close_range, SYS_init_module, SYS_finit_module,
		SYS_delete_module, SYS_iopl, SYS_ioperm, SYS_clock_settime,
		SYS_clock_adjtime, SYS_adjtimex, SYS_unshare, SYS_setns,
		SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_seccomp,
		SYS_prctl, SYS_arch_prctl, SYS_wait4, SYS_waitid, SYS_dup2,
		SYS_dup3, SYS_ptrace, SYS_personality, SYS_umount2,
		SYS_mount, SYS_pivot_root, SYS_chroot, SYS_io_uring_setup,
		SYS_restart_syscall, SYS_uselib, SYS_nfsservctl, SYS_select,
		SYS_poll, SYS_msync, SYS_mprotect, SYS_setpgid, SYS_setsid,
		SYS_shutdown, SYS_rt_sigtimedwait, SYS_epoll_wait,
		SYS_semtimedop, SYS_read, SYS_readv, SYS_pkey_mprotect,
		SYS_landlock_restrict_self, SYS_process_mrelease,
		SYS_kcmp, SYS_memfd_secret, SYS_quotactl,
	};
	size_t i;
	long nr, r;
	int crashed = 0, st;

	for (nr = 0; nr <= 450; nr == 334 ? nr = 424 : nr++) {
		for (i = 0; i < sizeof(skip) / sizeof(skip[0]); i++)
			if (skip[i] == nr)
				break;
		if (i < sizeof(skip) / sizeof(skip[0]))
			continue;
		pid_t pid = fork();
		if (pid == 0) {
			alarm(5);
			r = syscall(nr, -1L, -1L, -1L, -1L, -1L, -1L);
			(void)r;
			_exit(0);
		}
		waitpid(pid, &st, 0);
		if (st != 0) {
			crashed++;
			say("call %ld: %s\n", nr, status_text(st));
		}
	}
	VAL(crashed);
}

CASES("badargs",
	CASE(paths), CASE(outputs), CASE(inputs), CASE(descriptors),
	CASE(wrong_kind), CASE(flags), CASE(lengths), CASE(all_numbers));
