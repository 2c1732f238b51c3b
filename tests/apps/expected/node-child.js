sync 4 SIGKILL ENOENT
[ 0, null ] 300000
[ null, 'SIGTERM' ]
env
0,1,2,3,4,5,6,7,8,9,10,11
{ got: { hello: 1 }, pid: true } [ 0, null ]
0,2,4,6 4000
usr2
5 SIGABRT 1
3 ETIMEDOUT
status 0
