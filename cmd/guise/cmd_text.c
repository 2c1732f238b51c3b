/* cmd_text.c: guise text: the program guise-text does it. */
#include "guise.h"

#include <unistd.h>

#include "text/textdir.h"

int
cmd_text(int argc, char **argv, struct jerr *e)
{
	char prog[4096];

	(void)argc;
	if (!text_program(prog, sizeof(prog)))
		return (jerr_set(e, JERR_SELF, "text: guise-text is not "
		    "installed beside the kernel; build or install it with "
		    "make"));
	(void)execv(prog, argv);
	return (jerr_errno(e, "text: cannot run %s", prog));
}
