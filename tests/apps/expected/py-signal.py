[10, 12]
[] {<Signals.SIGUSR1: 10>}
[10]
True True
True True 0
None
[17]
True
b'late' True
-1 True
raised
raised out of a loop
TERM -15 HUP -1 INT -2 KILL -9 PIPE -13 ALRM -14 CHLD 0 CONT 0 WINCH 0 QUIT -3 XCPU -24 
7
-11 3
-15
storm True
[] Segmentation fault True
3
status 0
