# users: root
# Users as root sees them: su, setpriv, runuser, chown, useradd, set-id files.
id
su guest -c 'id -un; id -u; pwd >/dev/null; echo $HOME'
su - guest -c 'pwd; echo $USER $LOGNAME'
runuser -u guest -- id -gn
setpriv --reuid 1000 --regid 1000 --clear-groups id
echo secret >s
chmod 600 s
su guest -c "cat $T/s"
chown guest:guest s
stat -c '%U %G' s
su guest -c "cat $T/s"
chmod 711 .
su guest -c "echo >$T/new"
echo $?
mkdir d
chmod 1777 d
echo r >d/r
su guest -c "rm -f $T/d/r; echo g >$T/d/g; ls -l $T/d" | awk 'NR > 1 { print $1, $3, $4, $NF }'
chmod 2775 d
chgrp guest d
touch d/sgid
stat -c '%G' d/sgid
cp /usr/bin/id idu
chown guest idu
chmod 4755 idu
./idu -u
./idu -ru
chown 1000:1000 s
chmod 4755 s
chown root s
stat -c %a s
cp /usr/bin/id idr
chmod 4755 idr
su guest -c "$T/idr -u; $T/idr -ru; $T/idr -nu"
useradd -m -u 1234 -s /bin/sh newuser
id newuser
su newuser -c 'touch ~/f; ls -l ~/f' | awk '{ print $1, $3, $4 }'
passwd -S newuser | cut -d' ' -f1,2
echo newuser:pw | chpasswd
grep -c '^newuser:\$' /etc/shadow
usermod -aG guest newuser
id -Gn newuser
su newuser -c 'id -Gn'
userdel -r newuser
id newuser
ls -d /home/newuser
groupadd -g 777 grp
getent group grp
groupdel grp
chage -l guest | head -n1 | cut -c1-4
chown -R guest d
find d -user guest | wc -l
find d -uid 0
setpriv --reuid 1000 --clear-groups --inh-caps=-all sh -c 'kill -0 1; id -u; cat /etc/shadow; mkdir /root/x; chown 0 .; mknod n c 1 3; nice -n -5 true;' 2>&1 | sed 's/^[a-z]*: [0-9]*: //;s/sh: //'
mknod null c 1 3
stat -c '%F %t %T' null
setpriv --dump 2>/dev/null | grep -E '^(uid|gid|no_new)'
setpriv --no-new-privs --reuid 1000 --clear-groups $T/idr -u
umask 0
mkdir -m 777 w
setpriv --reuid 65534 --regid 65534 --clear-groups sh -c "touch $T/w/n"
stat -c '%u %g' w/n
mount 2>/dev/null | grep -c ' on / '
chroot / id -u
sh -c 'ulimit -n 100; ulimit -Hn'
