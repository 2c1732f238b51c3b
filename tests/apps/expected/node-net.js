GET /a 0 POST /b 500000
50
GET /f 0
echo
echo
ECONNREFUSED
dgram
127.0.0.1
EADDRINUSE
true
status 0
