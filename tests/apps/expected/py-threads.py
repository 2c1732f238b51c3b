130683300
[80000] 1
1000 499500
[0, 1, 0, 1, 0, 1] 400
barrier
True
True True False
False True
False True
300 threads
forked 1
names True 2
status 3
