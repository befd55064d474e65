#!/bin/sh
# installed.sh SOURCE BUILD: a project outside of this tree finds the engine that
# BUILD installs, and runs a plan with it. [M132]
set -eu
source=$1
build=$2
work=$(mktemp -d /tmp/troupe-consumer-XXXXXX)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/root" > "$work/log"
"$work/root/bin/troupe" --version > /dev/null
cp -r "$source/examples/embedding" "$work/app"
cmake -S "$work/app" -B "$work/build" -G Ninja \
  -DCMAKE_PREFIX_PATH="$work/root" >> "$work/log" 2>&1 \
  && ninja -C "$work/build" >> "$work/log" 2>&1 \
  || { tail -n 40 "$work/log" >&2; exit 1; }
"$work/build/embedding"
