# grep, sed, awk in both of Debian's flavours.
seq 1 5000 | sed 's/$/ line of text/' >f
echo 'Needle in a Haystack' >>f
grep -c line f
grep -n Needle f
grep -i needle f | wc -l
grep -v line f
grep -E '^(12|13)[0-9] ' f | wc -l
grep -q absent f
echo $?
grep -o '[0-9]*99 ' f | head -n2
grep -w -m1 42 f
grep -A1 -B1 '^77 ' f
grep x /nonexistent
echo $?
mkdir d
cp f d/g
printf 'bin\0ary Needle\n' >d/b
grep -rl Needle . | sort
grep -r --include=g Needle .
grep -c Needle d/b
grep -P '(?<=Hay)stack' f
grep -F '[x' f
echo $?
grep -f - f <<'E' | head -n 1
^3 line
E
sed -n '2,4p;$p' f
sed '3q' f | wc -l
echo hello | sed 's/\(l\+\)/<\1>/;y/h/H/'
sed -i.bak '1d' d/g
wc -l <d/g
ls d
sed -e '/^1 /!d' -e 'a\' -e 'after' f
printf 'a\nb\nc\n' | sed -n '$!N;P;D' | wc -l
sed = d/b 2>/dev/null | head -n1
echo 'w x' | sed 's/\w/&&/2e' 2>/dev/null | wc -l
for awk in mawk gawk; do
	echo "with $awk"
	$awk '{ s += $1 } END { print s, NR }' f
	$awk 'length > 20 { print $1, toupper($4) }' f | head -n 1
	echo 'a,b;c' | $awk -F'[,;]' '{ print NF, $2; $2 = "X"; print }'
	$awk 'BEGIN { while (("echo one; echo two" | getline l) > 0) print "got", l; print "sent" | "cat"; close("cat"); system("exit 3") }'
	$awk 'BEGIN { for (i = 0; i < 100000; i++) a[i % 97] += i; n = 0; for (k in a) n += a[k]; printf "%d %.3f %s\n", n, atan2(0, -1), substr("substring", 4, 3) }'
	$awk -v x=7 'function f(n) { return n < 2 ? n : f(n - 1) + f(n - 2) } BEGIN { print f(x), split("a b c", q), q[3], index("needle", "d") }'
	$awk '{ print > ("out." ($1 % 3)) }' f
	cat out.0 out.1 out.2 | wc -l
	echo x | $awk '{ gsub(/x/, "y&"); print; exit 4 }'
	echo $?
done
gawk 'BEGIN { PROCINFO["sorted_in"] = "@ind_str_asc"; a["b"]; a["a"]; for (k in a) print k; print strftime("%Y", 0, 1), ENVIRON["TZ"] }'
gawk 'BEGIN { cmd = "sort"; print "z\ny" |& cmd; close(cmd, "to"); while ((cmd |& getline l) > 0) print l }'
diff -u f d/g | tail -n +3
diff -q f f.none
cmp f d/g
diff -r d d && echo equal
diff -u f d/g >p
patch -s f <p && cmp f d/g && echo patched
patch -R -s f <p && head -n1 f
printf '%s\n' 'less pipes when not on a terminal' | less
file -b f p /bin/sh | sed 's/,.*//'
sdiff -s f d/g | wc -l
