#!/bin/sh
# inside.sh SOURCE BUILD: a project that has these sources in one of its folders
# builds the engine along with itself and runs a plan with it. [M132]
set -eu
source=$1
build=$2
work=$(mktemp -d /tmp/troupe-consumer-XXXXXX)
trap 'rm -rf "$work"' EXIT

cp -r "$source/examples/embedding" "$work/app"
ln -s "$source" "$work/app/troupe"
# Not optimised, as it is compiled once and run once.
cmake -S "$work/app" -B "$work/app/build" -G Ninja -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_CXX_FLAGS_DEBUG=-O0 \
  "-DCMAKE_CXX_COMPILER_LAUNCHER=$source/tests/consumer/compile_first.sh;$build" \
  > "$work/log" 2>&1
ninja -C "$work/app/build" >> "$work/log" 2>&1 \
  || { tail -n 40 "$work/log" >&2; exit 1; }
"$work/app/build/embedding"
