enum tok { END, NUM, PLUS, MINUS, TIMES, OVER, OPEN, CLOSE, BAD };
struct lexer { const char *p; enum tok tok; long num; };
void next(struct lexer *);
int eval(const char *, long *);
