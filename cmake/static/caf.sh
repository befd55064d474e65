#!/bin/sh
# Builds the core of CAF with the flags that are given, once, and prints the
# folder it is in. For sanitizers that have to see all code: Debian's CAF would
# hide from them what it synchronises.
#
#   cmake/static/caf.sh -fsanitize=thread -O1
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/sources.sh"
cc=${CC:-gcc} cxx=${CXX:-g++} cross=

prefix=$cache/caf-$({ "$cxx" --version | head -n 1; echo "$@"; } \
  | name_of "$here/caf.sh")
if [ -f "$prefix/lib/libcaf_core_static.a" ]; then
  echo "$prefix"
  exit 0
fi

final=$prefix
work=$final.work.$$
prefix=$work/out
mkdir -p "$work"
log=$work/log
tell_failure
say "building CAF with $*, once, into $final"
fetch actor-framework
# Files of its io library cannot be compiled together; those of the core can.
build_caf "$*" -DCAF_NO_IO=yes \
  -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=20
# Somebody else may have been faster.
mv -T "$prefix" "$final" 2>/dev/null || [ -d "$final" ]
rm -rf "$work"
echo "$final"
