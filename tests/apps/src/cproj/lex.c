#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "calc.h"

void
next(struct lexer *l)
{
	static const char ops[] = "+-*/()";
	const char *o;

	while (isspace((unsigned char)*l->p))
		l->p++;
	if (*l->p == '\0') {
		l->tok = END;
	} else if (isdigit((unsigned char)*l->p)) {
		l->num = strtol(l->p, (char **)&l->p, 10);
		l->tok = NUM;
	} else if ((o = strchr(ops, *l->p)) != NULL) {
		l->tok = PLUS + (o - ops);
		l->p++;
	} else {
		l->tok = BAD;
	}
}
