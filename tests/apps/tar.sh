# tar through each compressor, with links, modes, sparse files, append.
mkdir -p t/sub
seq 1 20000 >t/numbers
echo x >t/sub/x
ln -s sub/x t/link
ln t/sub/x t/hard
mkfifo t/fifo
chmod 640 t/sub/x
chmod 755 t/numbers
truncate -s 4M t/sparse
touch -d @1000000000 t/numbers t/sub
tar -cf t.tar t
tar -tf t.tar | sort
for z in gzip bzip2 xz zstd; do
	tar -c --$z -f t.$z t && mkdir $z && tar -x -C $z -f t.$z && diff -r --no-dereference t/sub $z/t/sub &&
		cmp t/numbers $z/t/numbers && stat -c '%a %Y %s' $z/t/numbers && stat -c '%h %a' $z/t/hard && readlink $z/t/link && stat -c %F $z/t/fifo
	$z -dc t.$z | tar -t | wc -l
done
tar -Scf s.tar t/sparse
[ "$(stat -c %s s.tar)" -lt 100000 ] && echo sparse
mkdir s
tar -xf s.tar -C s
cmp t/sparse s/t/sparse && stat -c %s s/t/sparse
echo new >t/new
tar -rf t.tar t/new
tar -xOf t.tar t/new
tar -df t.tar && echo no difference
tar --delete -f t.tar t/new
tar -tf t.tar | wc -l
tar -cf - t | (mkdir p && cd p && tar -xpf -) && find p | wc -l
tar --exclude='*.x' --exclude=sub -cf - t | tar -t | sort
tar -xf nonexistent.tar 2>/dev/null
echo $?
head -c 1000 t.gzip | tar -tz >/dev/null 2>&1
echo $?
echo junk | tar -t 2>/dev/null
echo $?
gzip -9 -k t/numbers
gzip -l t/numbers.gz | awk 'NR == 2 { print $2 }'
zcat t/numbers.gz | md5sum
gunzip -f t/numbers.gz
md5sum <t/numbers
xz -T2 -k t/numbers
xz -t t/numbers.xz && echo xz
zstd -q -T2 -k t/numbers
zstd -q -t t/numbers.zst && echo zstd
bzip2 -k t/numbers
bzcat t/numbers.bz2 | tail -n1
head -c 3000000 /dev/zero | xz | xz -d | wc -c
head -c 3000000 /dev/zero | zstd -19 -T0 -q | zstd -d | wc -c
tar --mtime=@0 --sort=name --owner=0 --group=0 --mode=644 -cf - t/numbers t/sub/x | sha256sum
umask 077
tar --no-same-permissions -xf t.gzip -C s
stat -c %a s/t/numbers
tar --one-file-system --xattrs --acls -cf /dev/null t 2>/dev/null
echo $?
