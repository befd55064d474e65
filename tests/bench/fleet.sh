#!/bin/sh
# fleet.sh TROUPE LINKS [COUNT [EVENTS]]: a controller on loopback, and COUNT bare
# links that join it and tell EVENTS events each. Prints what links.cpp prints.
set -eu
troupe=$1 links=$2 count=${3:-1000} events=${4:-50}
folder=$(mktemp -d)
controller=
trap 'kill $controller 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT
give_up() {
  echo "fleet.sh: $1" >&2
  cat "$folder/log" >&2 2>/dev/null || true
  exit 1
}
ulimit -n "$(ulimit -H -n)"
"$troupe" controller init "$folder/c" >/dev/null
mkfifo "$folder/number" "$folder/said"
"$links" "$folder/c" "$count" "$events" < "$folder/number" > "$folder/said" &
exec 3> "$folder/number" 4< "$folder/said"
read -r ready <&4 || give_up "the links did not begin"
[ "$ready" = ready ]
# At a port that is free: another one of these may run.
"$troupe" controller run "$folder/c" --listen 127.0.0.1:0 > "$folder/log" 2>&1 &
controller=$!
until grep -qs listening "$folder/log"; do
  kill -0 "$controller" 2>/dev/null || give_up "the controller did not begin"
  sleep 0.1
done
echo "$controller $(sed -n 's/^listening at //p' "$folder/log")" >&3
read -r line <&4 || give_up "the links came to no end"
echo "$line"
