# findutils: walking a tree, predicates, xargs in parallel.
mkdir -p a/b/c a/d
i=0
while [ $i -lt 200 ]; do
	echo $i >a/b/f$i.txt
	i=$((i + 1))
done
touch a/d/empty 'a/d/with space' a/b/c/deep.c
ln -s ../d a/b/link
touch -d '2001-01-01' a/b/f1.txt
touch -d '2000-01-01' a/b/f2.txt
find a -type f | wc -l
find a -type d | sort
find a -type l -printf '%f -> %l\n'
find a -name '*.c'
find a -empty -type f | sort
find a -maxdepth 1 | sort
find a -name 'f1?.txt' -exec cat {} + | sort -n | tail -n1
find a -name 'f2.txt' -exec sh -c 'echo "$1 $(cat "$1")"' _ {} \;
find a -path a/b -prune -o -print | sort
find a -newer a/b/f1.txt -name 'deep*'
find a -name 'f[12].txt' -newer a/b/f2.txt
find a -size -2c -type f | wc -l
find a -perm 644 -type f | wc -l
find a -perm /111 -type d | wc -l
find -L a -name empty | sort
find a -samefile a/d/empty
find a -mindepth 3 -type d
find a -type f -print0 | xargs -0 -n 20 -P 4 wc -c | awk '/total/ { s += $1 } END { print s }'
find a -name 'f*.txt' -print0 | sort -z | xargs -0 -L 50 echo | wc -l
seq 1 100 | xargs -P 8 -I{} sh -c 'exit 0' && echo parallel
seq 3 | xargs -n1 sh -c 'exit 1'
echo $?
echo a b c | xargs -n1 echo item
printf 'x y\n' | xargs -I% echo '[%]'
xargs -a /dev/null echo none
find a -name 'f1*.txt' -delete
find a -type f | wc -l
find /nonexistent
echo $?
find a -printf '%y %m %s %P\n' | grep -v '^d' | sort | tail -n 3
find a -regex '.*/f2[0-3]\.txt' | sort
find /usr/share -type f 2>/dev/null | wc -l | grep -c '^[0-9][0-9]*$'
find /proc/self/fd -maxdepth 0
find /usr -xdev -type f -name 'libc.so.6' | wc -l
find /etc -maxdepth 1 -name passwd -o -name group | sort | head -n 2
