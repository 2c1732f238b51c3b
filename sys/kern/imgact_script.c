/*
 * imgact_script.c: "#!" interpreters (execve(2), "Interpreter scripts").
 *
 * The line is at most EXEC_HDR bytes; what does not fit is cut, but an
 * interpreter's name that was cut is no script.  One optional argument: the
 * rest of the line without the blanks around it.
 */
#include "kern/exec.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/str.h"
#include "vfs/file.h"

static bool
blank(char c)
{
	return (c == ' ' || c == '\t');
}

/* Cut the line into its words; false: not a usable line. */
static bool
parse_line(char *line, size_t size, char **interp, char **arg)
{
	char *end = line + size, *nl, *p, *q;

	nl = memchr(line, '\n', size);
	for (p = line; p < (nl != NULL ? nl : end) && blank(*p); p++)
		;
	*interp = p;
	for (q = p; q < (nl != NULL ? nl : end) && !blank(*q) && *q != '\0';
	    q++)
		;
	if (q == p || (nl == NULL && q == end))
		return (false);		/* empty, or the name was cut */
	if (nl == NULL)
		nl = end;
	*arg = NULL;
	if (q == nl || *q == '\0') {
		*q = '\0';
		return (true);
	}
	*q++ = '\0';
	while (q < nl && blank(*q))
		q++;
	while (nl > q && blank(nl[-1]))
		nl--;
	*nl = '\0';
	if (q < nl && *q != '\0')
		*arg = q;
	return (true);
}

static int
exec_script(struct thread *td, struct execimg *img)
{
	const char *add[3];
	char *interp, *arg;
	struct file *fp;
	int error, n = 0;

	if (img->ei_hdr[0] != '#' || img->ei_hdr[1] != '!')
		return (EXEC_NOTMINE);
	/* The empty name, which Linux opens as the working directory. */
	if (img->ei_hdr[2] == '\0') {
		exec_why(img, "its first line names no interpreter");
		return (-EACCES);
	}
	if (!parse_line(img->ei_hdr + 2, EXEC_HDR - 3, &interp, &arg)) {
		exec_why(img, "its first line names no interpreter");
		return (-ENOEXEC);
	}
	if (img->ei_noscript)
		return (-ENOENT);	/* closed by the time it is read */
	if (++img->ei_depth > EXEC_MAXSCRIPT) {
		exec_why(img, "too many interpreters in a row");
		return (-ELOOP);
	}
	add[n++] = interp;
	if (arg != NULL)
		add[n++] = arg;
	add[n++] = img->ei_depth == 1 ? img->ei_path : img->ei_script;
	error = exec_args_shift(img, 1, add, n);
	if (error != 0)
		return (error);
	error = exec_open(td, AT_FDCWD, interp, 0, &fp);
	if (error != 0) {
		exec_why(img, "its interpreter %s %s", interp,
		    error == -ENOENT ? "does not exist" :
		    "cannot be executed");
		return (error);
	}
	kstrlcpy(img->ei_script, interp, sizeof(img->ei_script));
	fdrop(img->ei_file);
	img->ei_file = fp;
	img->ei_again = true;
	return (exec_readhdr(img));
}

/* It is never what is run in the end. */
const struct imgact imgact_script = { "script", exec_script, NULL, NULL };
