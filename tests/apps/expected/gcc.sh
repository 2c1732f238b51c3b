11
division
status 2
up to date
2
rebuilt
no rule 2
does not compile: 1
42
6
9
4
2
160000 160000 0
cancelled 1 robust 1
sem 0
threads 0
tiny 17
dl 25
1
DYN
54
6
1
Segmentation fault
crash 139
1
8
status 0
