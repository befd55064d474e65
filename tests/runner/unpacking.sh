#!/bin/sh
# unpacking.sh TROUPE RUNNER: a packed engine starts also where there are no files
# without names and where they may not be mapped as code, and says why where it
# cannot; the process keeps the runner's file, and is small. [M032]
set -eu
troupe=$1
runner=$2
largest_kb=12000

fail() { echo "unpacking.sh: $*" >&2; exit 1; }
skip() { echo "unpacking.sh: skipped: $*"; exit 77; }

[ -e "$runner" ] || skip "$runner is not there: see ./dev runner"
emulator=$("$(dirname "$0")/emulator.sh" "$runner") || skip "no emulator"
[ -z "$emulator" ] || skip "its kernel would be the emulator"
strace -qq -o /dev/null true 2>/dev/null || skip "nothing can be traced"

# without OPTION...: what it says where system calls fail as strace is told.
without() {
  status=0
  said=$(strace -qq -o /dev/null "$@" "$runner" --version 2>&1) || status=$?
}

starts() {
  without "$@"
  case $status:$said in
    0:troupe-runner*) ;;
    *) fail "with $*: ended with $status: $said" ;;
  esac
}

# refuses CODE SENTENCE OPTION...
refuses() {
  wanted="$1:troupe-runner: cannot unpack itself: $2"
  shift 2
  without "$@"
  [ "$status:$said" = "$wanted" ] \
    || fail "with $*: ended with $status: $said"
}

no_files=inject=memfd_create:error=EPERM
starts
starts -e inject=memfd_create:error=EINVAL:when=1
starts -e "$no_files"
starts -e inject=ftruncate:error=ENOSPC
# The second is the first of the engine's parts.
starts -e inject=mmap:error=EACCES:when=2
refuses 7 "there is not enough memory" -e inject=mmap:error=ENOMEM:when=1
refuses 7 "there is not enough memory" -e "$no_files" \
  -e inject=mmap:error=ENOMEM:when=2
refuses 7 "this system lets no memory be executed" -e "$no_files" \
  -e inject=mprotect:error=EACCES

# A limit for files is one for the file without a name too.
(ulimit -f 64 && exec "$runner" --version >/dev/null) \
  || fail "does not start where files may be of 32 kB"

work=$(realpath "$(mktemp -d "${TMPDIR:-/tmp}/troupe-unpacking-XXXXXX")")
trap 'rm -rf "$work"' EXIT
cat > "$work/plan.yml" <<'PLAN'
tasks:
  - copy:
      content: "{{ lookup('file', '/proc/self/status') }}"
      dest: "{{ folder }}/status"
  - command: readlink /proc/{{ (lookup('file', '/proc/self/stat') | split)[0] }}/exe
    register: file
  - copy:
      content: "{{ file.stdout }}"
      dest: "{{ folder }}/file"
PLAN
# spoilt SENTENCE: what is left of it says so, and does nothing.
spoilt() {
  chmod +x "$work/spoilt"
  status=0
  said=$("$work/spoilt" --version 2>&1) || status=$?
  [ "$status:$said" = "4:troupe-runner: cannot unpack itself: $1" ] \
    || fail "spoilt, it ended with $status: $said"
}
size=$(wc -c < "$runner")
for cut in 200000 1000000 $((size - 300000)); do
  head -c "$cut" "$runner" > "$work/spoilt"
  spoilt "its file is cut off"
done
for at in 300000 1000000 $((size - 300000)); do
  cp "$runner" "$work/spoilt"
  printf 'troupe' | dd of="$work/spoilt" bs=1 seek="$at" conv=notrunc 2>/dev/null
  spoilt "its file is damaged"
done

"$troupe" pack "$work/plan.yml" --runner "$runner" -o "$work/packed" \
  -e folder="$work" > /dev/null
"$work/packed" --no-state > "$work/said" 2>&1 || {
  cat "$work/said" >&2
  fail "a packed plan fails"
}
[ "$(cat "$work/file")" = "$work/packed" ] \
  || fail "the process is $(cat "$work/file")"
peak=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "$work/status")
[ "$peak" -le "$largest_kb" ] || fail "takes $peak kB at its peak"
echo "$runner: unpacks itself; $peak kB at its peak"
