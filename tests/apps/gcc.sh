# gcc and make: a C project of several files, libraries, threads, options.
cp -r "$SRC/cproj" p && chmod -R u+w p && cd p || exit 1
make -s -j2 && ./calc '2 + 3 * (4 - 1)' && ./calc '1 / 0'
echo "status $?"
make -s -q calc && echo up to date
touch eval.c
make -n calc | wc -l
make -s calc && echo rebuilt
make -s nosuchtarget 2>/dev/null
echo "no rule $?"
gcc -O2 -Wall -c -o bad.o bad.c 2>/dev/null
echo "does not compile: $?"
gcc -shared -fPIC -o libv.so lex.c eval.c && gcc -o dyn main.c -L. -lv -Wl,-rpath,"$PWD" && ./dyn '7 * 6'
gcc -static -O1 -o stat main.c lex.c eval.c && ./stat '10 - 4'
gcc -O0 -g -flto -pie -o lto main.c lex.c eval.c && ./lto '(1 + 2) * 3'
ar rcs libv.a lex.o eval.o && gcc main.c libv.a -o ar && ./ar '8 / 2'
nm libv.a | grep -c ' T '
gcc -pthread -O2 threads.c -o threads && ./threads
echo "threads $?"
gcc -nostdlib -static -x assembler - -o tiny <<'E' && ./tiny
.globl _start
_start: mov $60, %eax
mov $17, %edi
syscall
E
echo "tiny $?"
gcc -o dl dl.c -ldl && ./dl "$PWD/libv.so"
objdump -d tiny | grep -c syscall
readelf -h calc | grep Type | awk '{ print $2 }'
strip calc && ./calc '6*9'
gcc -E - </dev/null | wc -l
gcc -S -o - -x c - <<'E' | grep -c ret
int f(void) { return 1; }
E
echo 'int main(void) { int *p = 0; return *p; }' | gcc -x c - -o crash && {
	(
		ulimit -c 0
		./crash
	)
	echo "crash $?"
}
gcc -fsanitize=undefined -x c - -o ub <<'E' 2>/dev/null && ./ub 2>&1 | grep -c 'runtime error'
int main(int c, char **v) { int x = 2147483647; (void)v; return (x + c) & 1; }
E
make -s clean
ls | wc -l
