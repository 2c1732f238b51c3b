/* summary.h: calls, errors and time per call (-c). */
#ifndef TRACE_SUMMARY_H
#define TRACE_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct summary;

struct summary *summary_new(void);
void	summary_add(struct summary *s, const char *name, int64_t ns,
	    bool error);
/* "time", "calls", "errors", "name" to a number; 0 is time. */
bool	summary_order(const char *word, int *order);
/* The format is strace's. */
void	summary_print(struct summary *s, int order, FILE *fp);

void	summary_free(struct summary *s);	/* NULL is fine */

#endif
