bash
coreutils
git
nodejs
same count
Package: bash
Essential: yes
Status: install ok installed
bash: /bin/bash
/bin/bash
dash install ok installed
amd64
Package: bash
coreutils:
1
1
older
1
1
status 0
