#include "calc.h"

static long expr(struct lexer *, int, int *);

static long
primary(struct lexer *l, int *err)
{
	long v;

	if (l->tok == NUM) {
		v = l->num;
		next(l);
		return v;
	}
	if (l->tok == OPEN) {
		next(l);
		v = expr(l, 0, err);
		if (l->tok != CLOSE)
			*err = 1;
		next(l);
		return v;
	}
	*err = 1;
	return 0;
}

static long
expr(struct lexer *l, int level, int *err)
{
	long v = level ? primary(l, err) : expr(l, 1, err), r;

	while (!*err && (level ? l->tok == TIMES || l->tok == OVER :
	    l->tok == PLUS || l->tok == MINUS)) {
		enum tok op = l->tok;
		next(l);
		r = level ? primary(l, err) : expr(l, 1, err);
		if (op == OVER && r == 0)
			*err = 2;
		else
			v = op == PLUS ? v + r : op == MINUS ? v - r :
			    op == TIMES ? v * r : v / r;
	}
	return v;
}

int
eval(const char *s, long *out)
{
	struct lexer l = { .p = s };
	int err = 0;

	next(&l);
	*out = expr(&l, 0, &err);
	return l.tok == END ? err : 1;
}
