# coreutils: files, links, modes, times, text.
echo hello >a
cp a b
cmp a b && echo same
ln a hard
ln -s a soft
ln -s nowhere broken
stat -c '%n %F %h %s %a' a hard soft broken
readlink soft
readlink -f soft | sed 's,.*/,,'
readlink -e broken
echo $?
ls -1F
ls -l | awk 'NR > 1 { print $1, $2, $5, $9, $10, $11 }'
mv b c
mv -n a c
mv c dir 2>&1
ls
mkdir -p x/y/z
touch x/1 x/y/2 x/y/z/3
cp -a x w
rm -r x
find w | sort
rmdir w
echo $?
rm -rf w
ls -d w
echo $?
mkdir -m 700 m
stat -c %a m
chmod u=rwx,go=rx m
stat -c %a m
chmod 4755 a
stat -c %a a
chmod 000 hard
stat -c %A hard
chmod 644 hard
touch -d '2001-02-03 04:05:06' t
stat -c '%y' t
date -r t +%s
touch -r t t2
stat -c %Y t2
touch -h -d @86400 broken
stat -c %Y broken
truncate -s 1M sparse
stat -c '%s %b' sparse
du -k sparse | cut -f1
dd if=/dev/zero of=z bs=4k count=16 status=none
sha256sum z
md5sum z
dd if=z of=sparse bs=1k count=3 seek=100 conv=notrunc status=none
sha1sum sparse
head -c 100000 /dev/zero | tr '\0' x | fold -w 77 | wc -l
seq 1 20000 | sort -R | sort -n | md5sum
seq 1 300000 | sort -r -S 1M --parallel=2 | head -n2
printf 'b 2\na 1\nc 3\n' | sort -k2nr
printf 'a\na\nb\n' | uniq -c
printf 'k1 x\nk2 y\n' >j1
printf 'k1 p\nk2 q\n' >j2
join j1 j2
paste j1 j2
comm -12 j1 j2
seq 10 | split -l 4 - part.
ls part.*
cat part.* | tac | head -n1
echo abcdef | cut -c2-4
echo a:b:c | cut -d: -f2
echo hello | rev 2>/dev/null || true
echo 'The Text' | tr a-zA-Z n-za-mN-ZA-M
printf 'a\tb\n' | expand | od -c
echo base | base64
echo YmFzZQo= | base64 -d
factor 1234567890
expr 6 \* 7
numfmt --to=iec 1048576
printf '%d %s %08.3f\n' 7 str 2.5
seq -s, 1 5
nl -ba a
basename /x/y.c .c
dirname /x/y.c
realpath -m /a/../b
pathchk ok
mktemp -u XXXX | wc -c
test -d m && echo isdir
test a -nt t && echo newer
[ -L soft ] && echo islink
env -i A=1 B=2 env | sort
env A=3 sh -c 'echo $A'
timeout 0.2 sleep 5
echo $?
timeout -s KILL 0.2 sleep 5
echo $?
tail -f a --pid=$$ >/dev/null &
sleep 0.1
kill $!
wait $!
echo "tail $?"
nohup true
nice -n 5 nice
stdbuf -oL echo buffered
id -u | grep -c .
id -un | grep -c .
tee t1 t2 <a
wc t1 t2
install -m 640 a inst
stat -c %a inst
shuf -i 1-5 | sort | tr -d '\n'
echo
mkfifo f
stat -c %F f
(cat f | tr a-z A-Z) &
echo fifo >f
wait
df . >/dev/null && echo df
sync a
sleep 0.01
true
false
echo $?
uname -s -m
cat a - b 2>&1 </dev/null
ls /nonexistent
rm nothing
mkdir m
cp m n
yes | head -n3
printf '%s\n' c a b | tsort 2>/dev/null | wc -l
link a l2
unlink l2
ls l2
chgrp "$(id -g)" a && chown "$(id -u)" a && echo chown
dd if=/dev/full of=/dev/null bs=1 count=1 status=none
echo x >/dev/full
head -c 8 /dev/urandom | wc -c
cp --reflink=auto z z2
cp --sparse=always z z3
cmp z z3 && echo
ls -i a | wc -w
cat /proc/self/comm
tty
logname >/dev/null 2>&1
groups | wc -l
nproc | grep -c '^[1-9]'
stat -f -c %T /proc
csplit -s - 3 <<'E'
1
2
3
4
E
cat xx00 xx01 | wc -l
pr -t a
fmt -w 20 <<'E'
some words that have to be filled into short lines
E
