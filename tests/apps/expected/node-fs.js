hello world 11
101 4950
../a hello world a
600
2000
open ENOENT
readdir ENOTDIR
rmdir ENOTEMPTY
mkdir EEXIST
true
PATCH
20
/
false
ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad 8 {"a":[1,{"b":null}]}
true linux true true true
true
intervals 5
micro,tick,immediate
28572
913288672
exit 3
status 3
