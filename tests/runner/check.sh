#!/bin/sh
# check.sh RUNNER: what has to hold for the portable runner: its size in bytes,
# that it needs nothing, that it starts, also where an emulator has to start it;
# and for the engine inside, which lies beside it: that its threads' stacks are
# large enough.
# [M032][M034]
set -eu
engine=$1
unpacked=${engine%-runner}-engine
largest=5000000

fail() { echo "check.sh: $engine: $*" >&2; exit 1; }

# Nobody has built it.
[ -e "$engine" ] || { echo "$engine is not there: see ./dev runner"; exit 77; }

size=$(wc -c < "$engine")
[ "$size" -le "$largest" ] || fail "has $size bytes, more than $largest"
readelf -d "$engine" | grep -q NEEDED && fail "needs shared libraries"
readelf -l "$engine" | grep -q INTERP && fail "needs a loader"
readelf -S "$engine" | grep -q '\.symtab' && fail "is not stripped"
stack=$(readelf -lW "$unpacked" | sed -n 's/.*GNU_STACK *\([^ ]* *\)\{4\}\(0x[0-9a-f]*\).*/\2/p')
[ "$((stack))" -ge 1048576 ] || fail "gives threads $((stack)) bytes of stack"

emulator=$("$(dirname "$0")/emulator.sh" "$engine" 2>&1) || {
  [ $? = 77 ] || fail "$emulator"
  echo "$engine: $size bytes; not started, because there is no emulator"
  exit 0
}
answer=$($emulator "$engine" --version) || fail "does not start"
case $answer in
  troupe-runner*) ;;
  *) fail "says '$answer' when asked for its version" ;;
esac
echo "$engine: $size bytes, needs nothing, $answer${emulator:+ (in $emulator)}"
