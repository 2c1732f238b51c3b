 Package: guise-test
 Version: 1.0
58
Selecting previously unselected package guise-test.
Preparing to unpack v1.0.deb ...
preinst install
Unpacking guise-test (1.0) ...
Setting up guise-test (1.0) ...
postinst configure
running version 1.0
root root 755
Status: install ok installed
Version: 1.0
guise-test: /usr/share/guise-test/7
Preparing to unpack v1.1.deb ...
prerm upgrade
preinst upgrade
Unpacking guise-test (1.1) over (1.0) ...
postrm upgrade
Setting up guise-test (1.1) ...
Installing new version of config file /etc/guise-test.conf ...
postinst configure
running version 1.1
setting 1.1
ii guise-test 1.1
Removing guise-test (1.1) ...
prerm remove
postrm remove
ls: cannot access '/usr/bin/guise-test': No such file or directory
ls: cannot access '/usr/share/guise-test': No such file or directory
setting 1.1
Purging configuration files for guise-test (1.1) ...
postrm purge
ls: cannot access '/etc/guise-test.conf': No such file or directory
1
Unpacking guise-test (1.1) ...
Setting up guise-test (1.1) ...
postinst configure
running version 1.1
Removing guise-test (1.1) ...
postrm remove
postrm purge
1
0
status 0
