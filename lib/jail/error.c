/* error.c: see error.h. */
#include "jail/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int
jerr_set(struct jerr *e, int status, const char *fmt, ...)
{
	va_list ap;

	e->je_status = status;
	va_start(ap, fmt);
	(void)vsnprintf(e->je_msg, sizeof(e->je_msg), fmt, ap);
	va_end(ap);
	return (-1);
}

int
jerr_errno(struct jerr *e, const char *fmt, ...)
{
	int error = errno;
	size_t n;
	va_list ap;

	e->je_status = JERR_SELF;
	va_start(ap, fmt);
	(void)vsnprintf(e->je_msg, sizeof(e->je_msg), fmt, ap);
	va_end(ap);
	n = strlen(e->je_msg);
	(void)snprintf(e->je_msg + n, sizeof(e->je_msg) - n, ": %s",
	    strerror(error));
	return (-1);
}

int
jerr_wrap(struct jerr *e, const char *fmt, ...)
{
	char old[sizeof(e->je_msg)];
	size_t n;
	va_list ap;

	memcpy(old, e->je_msg, sizeof(old));
	va_start(ap, fmt);
	(void)vsnprintf(e->je_msg, sizeof(e->je_msg), fmt, ap);
	va_end(ap);
	n = strlen(e->je_msg);
	if (n + 3 < sizeof(e->je_msg))
		(void)snprintf(e->je_msg + n, sizeof(e->je_msg) - n, ": %.*s",
		    (int)(sizeof(e->je_msg) - n - 3), old);
	return (-1);
}
