# users: root
# dpkg: build a package, install it, break it, upgrade it, remove it, as root.
make_deb()
{
	rm -rf p
	mkdir -p p/DEBIAN p/usr/bin p/etc p/usr/share/guise-test
	printf 'Package: guise-test\nVersion: %s\nArchitecture: all\nMaintainer: T <t@example.org>\nDescription: test\n' $1 >p/DEBIAN/control
	printf '#!/bin/sh\necho running version %s\n' $1 >p/usr/bin/guise-test
	chmod 755 p/usr/bin/guise-test
	echo "setting $1" >p/etc/guise-test.conf
	echo /etc/guise-test.conf >p/DEBIAN/conffiles
	for s in preinst postinst prerm postrm; do
		printf '#!/bin/sh\necho "%s $1"\n' $s >p/DEBIAN/$s
		chmod 755 p/DEBIAN/$s
	done
	i=0
	while [ $i -lt 50 ]; do
		echo $i >p/usr/share/guise-test/$i
		i=$((i + 1))
	done
	dpkg-deb --root-owner-group -b p v$1.deb >/dev/null
}
make_deb 1.0
make_deb 1.1
dpkg-deb -I v1.0.deb | grep -E 'Package|Version'
dpkg-deb -c v1.0.deb | wc -l
DEBIAN_FRONTEND=noninteractive
export DEBIAN_FRONTEND
q()
{
	grep -v '^(Reading' | sed 's,/tmp/apps[^ ]*/,,'
}
dpkg -i v1.0.deb | q
guise-test
stat -c '%U %G %a' /usr/bin/guise-test
dpkg -s guise-test | grep -E '^(Status|Version)'
dpkg -S /usr/share/guise-test/7
dpkg -i --force-confnew v1.1.deb | q
guise-test
cat /etc/guise-test.conf
dpkg -l guise-test | tail -n 1 | awk '{ print $1, $2, $3 }'
dpkg -r guise-test | q
ls /usr/bin/guise-test /usr/share/guise-test 2>&1
cat /etc/guise-test.conf
dpkg -P guise-test | q
ls /etc/guise-test.conf
dpkg -s guise-test 2>/dev/null
echo $?
apt-get -y install ./v1.1.deb 2>/dev/null | grep -E '^(Setting up|Unpacking|postinst)'
guise-test
apt-get -y purge guise-test 2>/dev/null | grep -E '^(Removing|postrm)'
dpkg --audit
echo junk >bad.deb
dpkg -i bad.deb >/dev/null 2>&1
echo $?
dpkg --configure -a
echo $?
