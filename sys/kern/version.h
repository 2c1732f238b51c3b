/* version.h: what uname(2) and /proc/version tell Linux programs. */
#ifndef KERN_VERSION_H
#define KERN_VERSION_H

#define	KERN_OSTYPE	"Linux"
#define	KERN_OSRELEASE	"6.12.0-guise"
#define	KERN_VERSION	"#1 SMP PREEMPT_DYNAMIC Guise"
#define	KERN_MACHINE	"x86_64"

#endif
