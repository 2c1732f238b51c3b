# dash: what a POSIX shell does all day.
set -e
x=1
while [ $x -lt 500 ]; do x=$((x + 1)); done
echo $x
echo one two three | while read a b c; do echo "$c $b $a"; done
IFS=:
set -- $(echo a:b:c)
echo $# "$2"
unset IFS
case abc in a*) echo glob ;; esac
for f in /bin/sh /bin/nosuch; do [ -x $f ] && echo "$f is there" || echo "$f is not"; done
(cd / && pwd -P)
pwd | sed 's,[0-9]*$,N,'
v=$(
	echo a
	echo b
)
echo "$v"
echo text >out
echo more >>out
cat <out
wc -l <out
: >empty
[ -s empty ] || echo empty
exec 3<out
read l <&3
echo "$l"
exec 3<&-
{
	echo err >&2
} 2>&1 | sed s/err/caught/
set +e
false
echo $?
sh -c 'exit 77'
echo $?
sh -c 'kill -TERM $$'
echo $?
sh -c 'kill -INT $$'
echo $?
trap 'echo bye' EXIT
trap 'echo hup' HUP
kill -HUP $$
sleep 0.2 &
wait $!
echo "waited $?"
i=0
while [ $i -lt 100 ]; do
	/bin/true
	i=$((i + 1))
done
echo "spawned $i"
i=0
while [ $i -lt 50 ]; do
	(exit 0)
	i=$((i + 1))
done
echo "forked $i"
yes | head -n 100000 | wc -c
yes 2>/dev/null | head -n1
mkfifo p
(echo through fifo >p) &
cat p
wait
sh -c 'echo $0 $1' name arg
umask 027
touch m
stat -c %a m
umask 022
cat /nonexistent
echo $?
echo * | tr ' ' '\n' | sort | tr '\n' ' '
echo
command -v ls
type cd
printf '%s\n' "$PPID" | grep -c '^[0-9]*$'
eval 'echo eval $((2*21))'
