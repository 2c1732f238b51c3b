/* init.h: the steps of the boot, private to sys/init. */
#ifndef INIT_INIT_H
#define INIT_INIT_H

#include "libkern/types.h"

struct jail_config;
struct thread;

/* End the jail before it began: status as docker's, one line. */
void	boot_fail(int status, const char *fmt, ...) __printflike(2, 3) __noret;
void	boot_check(int error, const char *what);

/* init_subsys.c: roots, registrations, hooks. */
void	init_subsystems(const struct jail_config *jc);
/* init_vfs.c: hands kern's services to vfs. */
void	init_vfs(void);
/* init_proc.c: process 1 (and the reaper), its thread, its credentials. */
struct thread *init_firstthread(const struct jail_config *jc);
/* init_world.c: mounts, terminal, standard descriptors. */
void	init_world(struct thread *td, const struct jail_config *jc);
/* mkdir -p, as root; errors are ignored (the use of it will tell). */
void	init_mkdirs(const char *path, uint32_t mode);
/* init_exec.c: the first program. */
void	init_exec(struct thread *td, const struct jail_config *jc);

/* init_export.c: a union whose upper layer is to leave the jail; prefix: where
 * it is mounted. */
struct mount;
void	init_export_add(struct mount *mp, const char *prefix);
/* After init_world: does not return when there is no program to run. */
void	init_export(const struct jail_config *jc);
/* The jail is over before a program ran, and that is right. */
void	boot_done(int status) __noret;

#endif
