#!/bin/sh
# redis.sh [COUNT]: a server and its benchmark over a unix socket, 50 clients;
# prints nanoseconds for one SET and one GET together.
count=${1:-100000}
dir=$(mktemp -d /tmp/redis.XXXXXX) || exit 1
cd "$dir" || exit 1
redis-server --port 0 --unixsocket "$dir/s" --save '' --appendonly no \
    --dir "$dir" --logfile "$dir/log" --daemonize no &
server=$!
trap 'kill $server; wait $server; rm -rf "$dir"' EXIT
until redis-cli -s "$dir/s" ping 2>&1 | grep -q PONG; do
	kill -0 $server || exit 1
	sleep 0.05
done
# A warm-up, then what counts: "SET","rate",...
redis-benchmark -s "$dir/s" -q -t set,get -c 50 -n $((count / 10 + 50)) \
    >/dev/null &&
redis-benchmark -s "$dir/s" --csv -t set,get -c 50 -n "$count" |
    awk -F'"' '$2 == "SET" || $2 == "GET" { ns += 1e9 / $4; n++ }
    END { if (n != 2) exit 1; printf "%.1f\n", ns }'
