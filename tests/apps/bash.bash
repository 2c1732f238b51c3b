# bash: arrays, substitutions, pipes, jobs, traps, here documents, coprocesses.
declare -A map=([one]=1 [two]=2 [three]=3)
for k in $(printf '%s\n' "${!map[@]}" | sort); do echo "$k=${map[$k]}"; done
list=(a b "c d" e)
echo "${#list[@]} ${list[2]} ${list[@]:1:2} ${list[-1]}"
s=hello.tar.gz
echo "${s%%.*} ${s#*.} ${s/l/L} ${s^^} ${#s} ${s:1:3}"
echo $((0x1f + 2 ** 10 - 7 / 2)) $((1 << 40))
echo "status: $(
	false
	echo $?
) $(
	(exit 42)
	echo $?
)"
seq 1 1000 | tee >(wc -l >lines) | tail -n1
while [ ! -s lines ]; do sleep 0.01; done
tr -d ' ' <lines
cat <<-END | sed 's/^/> /'
	here $((6 * 7))
	document
END
cat <<<"here string"
diff <(printf '1\n2\n3\n') <(printf '1\n3\n4\n')
echo "diff said $?"
coproc UP {
	tr a-z A-Z
}
pid=$UP_PID
echo "through a coprocess" >&${UP[1]}
exec {UP[1]}>&-
cat <&${UP[0]}
wait $pid
echo "coproc $?"

# jobs and waits
(exit 3) &
a=$!
(exit 4) &
b=$!
wait $b
echo "b $?"
wait $a
echo "a $?"
for i in 1 2 3 4 5 6 7 8; do (echo "job $i") & done | sort
wait
sleep 100 &
p=$!
kill $p
wait $p
echo "killed: $?"
sleep 100 &
p=$!
kill -STOP $p
kill -CONT $p
kill -KILL $p
wait $p 2>/dev/null
echo "killed hard: $?"

# traps
trap 'echo usr1' USR1
kill -USR1 $$
(
	trap 'echo leaving' EXIT
	exit 5
)
echo "after exit trap $?"
bash -c 'trap "echo term; exit 9" TERM; kill -TERM $$; sleep 5'
echo "trapped: $?"
{
	bash -c 'kill -SEGV $$'
} 2>/dev/null
echo "by signal: $?"
set -o pipefail
false | true
echo "pipefail $?"
true | (exit 6) | true
echo "pipe ${PIPESTATUS[*]}"
set +o pipefail
f()
{
	local x=$1
	[ "$x" -le 1 ] && {
		echo 1
		return
	}
	echo $((x * $(f $((x - 1)))))
}
echo "factorial $(f 10)"
exec 7>file7
echo to seven >&7
exec 7>&-
cat file7
read -r first second <<<"alpha beta gamma"
echo "$first/$second"
read -t 0.05 -r x < <(sleep 1)
echo "read timed out: $(($? > 128))"
printf '%05.2f|%-6s|%x|%q\n' 3.14159 ab 255 "it's"
[[ foobar =~ ^foo(.*)$ ]] && echo "matched ${BASH_REMATCH[1]}"
shopt -s extglob globstar nullglob
mkdir -p d/e/f
touch d/1.c d/e/2.c d/e/f/3.c
echo **/*.c
echo d/!(*.c)
ulimit -n 64
bash -c 'ulimit -n'
nosuchcommand
echo "not found: $?"
/etc/passwd
echo "not executable: $?"
/tmp
echo "directory: $?"
printf 'echo "no magic: $0 $*"\n' >plain
chmod +x plain
./plain x y
printf '#!/bin/bash -e\nfalse\necho unreachable\n' >strict
chmod +x strict
./strict
echo "strict $?"
printf '#!./strict2\n' >loop
printf '#!./loop\n' >strict2
chmod +x loop strict2
./loop >/dev/null 2>&1
echo "loop of interpreters: $?"
timeout 0.1 sleep 10
echo "timeout $?"
time_out=$({
	time true
} 2>&1 | grep -c real)
echo "time $time_out"
echo "${BASH_SOURCE[0]##*/} done"
