#!/bin/sh
# fleet.sh TROUPE LINKS [COUNT [EVENTS]]: a controller on loopback, and COUNT bare
# links that join it and tell EVENTS events each. Prints what links.cpp prints.
set -eu
troupe=$1 links=$2 count=${3:-1000} events=${4:-50}
address=127.0.0.1:${TROUPE_BENCH_PORT:-7419}
folder=$(mktemp -d)
controller=
trap 'kill $controller 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT
ulimit -n "$(ulimit -H -n)"
"$troupe" controller init "$folder/c" --address "$address" >/dev/null
mkfifo "$folder/number" "$folder/said"
"$links" "$folder/c" "$count" "$events" "$address" \
  < "$folder/number" > "$folder/said" &
exec 3> "$folder/number" 4< "$folder/said"
read -r ready <&4
[ "$ready" = ready ]
"$troupe" controller run "$folder/c" --listen "$address" > "$folder/log" &
controller=$!
until grep -qs listening "$folder/log"; do sleep 0.1; done
echo "$controller" >&3
cat <&4
