#!/bin/sh
# compile_first.sh BUILD COMPILER ARGUMENT...: a compiler launcher. It compiles what
# it is told to, but of each part of the engine one object alone: that shows whether
# a part finds what it includes. The others are those that BUILD has made of the same
# sources, which takes minutes less.
set -eu
build=$1
shift
object=
dependencies=
before=
for each in "$@"; do
  case $before in
    -o) object=$each ;;
    -MF) dependencies=$each ;;
  esac
  before=$each
done
twin=$build/${object#troupe/}
part=${object%%.dir/*}.dir
case $object in
  troupe/CMakeFiles/troupe_*.dir/*.o) ;;
  *) exec "$@" ;;
esac
# Whoever makes the folder first compiles for the part.
if [ ! -f "$twin" ] || mkdir "$part/compiled" 2> /dev/null; then
  exec "$@"
fi
cp "$twin" "$object"
echo "$object:" > "$dependencies"
