uid=0(root) gid=0(root) groups=0(root)
guest
1000
/home/guest
/home/guest
guest guest
guest
uid=1000(guest) gid=1000(guest) groups=1000(guest)
cat: /tmp/apps.1/s: Permission denied
guest guest
secret
bash: line 1: /tmp/apps.1/new: Permission denied
1
rm: cannot remove '/tmp/apps.1/d/r': Operation not permitted
-rw-r--r-- guest guest g
-rw-r--r-- root root r
guest
1000
0
755
0
1000
root
uid=1234(newuser) gid=1234(newuser) groups=1234(newuser)
-rw-r--r-- newuser newuser
newuser L
1
newuser guest
newuser guest
userdel: newuser mail spool (/var/mail/newuser) not found
id: ‘newuser’: no such user
ls: cannot access '/home/newuser': No such file or directory
grp:x:777:
Last
4
kill: Operation not permitted

1000
cat: /etc/shadow: Permission denied
mkdir: cannot create directory ‘/root/x’: Permission denied
chown: changing ownership of '.': Operation not permitted
mknod: n: Permission denied
nice: cannot set niceness: Permission denied
character special file 1 3
uid: 0
gid: 0
no_new_privs: 0
1000
65534 65534
1
0
100
status 0
