/*
 * hello.c: branded by FreeBSD's ABI note alone.  Shows its arguments, one
 * variable of its environment, and ends with status 7.
 */
#include "fb.h"

__asm__(".section .note.tag,\"a\",@note\n\t.p2align 2\n"
    "\t.long 8, 4, 1\n\t.asciz \"FreeBSD\"\n\t.long 1400097\n\t.text\n");

int
main(void)
{
	puts_("hello from FreeBSD:");
	for (long i = 1; i < fb_argc; i++) {
		puts_(" ");
		puts_(fb_argv[i]);
	}
	for (char **e = fb_envp; *e != NULL; e++)
		if (e[0][0] == 'F' && e[0][1] == 'B' && e[0][2] == '=') {
			puts_(" ");
			puts_(*e);
		}
	puts_("\n");
	return (7);
}
