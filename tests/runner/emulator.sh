#!/bin/sh
# emulator.sh EXECUTABLE: prints the emulator that has to start it here, and
# nothing where it is for this machine. Fails when there is none.
set -eu
case $(readelf -h "$1" | sed -n 's/ *Machine: *//p') in
  *X86-64*) machine=x86_64 ;;
  *AArch64*) machine=aarch64 ;;
  *) echo "emulator.sh: $1 is for an unknown machine" >&2; exit 1 ;;
esac
[ "$machine" != "$(uname -m)" ] || exit 0
# The static one can be taken into an empty root.
command -v "qemu-$machine-static" || command -v "qemu-$machine" || {
  echo "emulator.sh: $1 is for $machine, and there is no qemu-$machine" >&2
  exit 77
}
