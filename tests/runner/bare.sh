#!/bin/sh
# bare.sh TROUPE ENGINE: a packed plan runs where there is nothing but the
# runner, and opens nothing but what the plan names and its own state. What is
# for another machine runs in an emulator.
set -eu
troupe=$1
engine=$2
here=$(dirname "$0")

skip() { echo "bare.sh: skipped: $*"; exit 77; }
fail() { echo "bare.sh: $*" >&2; exit 1; }

[ -e "$engine" ] || skip "$engine is not there: see ./dev runner"
if [ "$(id -u)" = 0 ]; then enter="chroot"; else enter="unshare -r chroot"; fi
command -v strace >/dev/null || skip "there is no strace"
packer=$("$here/emulator.sh" "$troupe") || skip "$troupe cannot be started"
emulator=$("$here/emulator.sh" "$engine") || skip "$engine cannot be started"
[ -z "$emulator" ] || ! readelf -l "$emulator" | grep -q INTERP \
  || skip "$emulator needs libraries, which an empty root does not have"

work=$(mktemp -d /tmp/troupe-bare-XXXXXX)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/plan/templates" "$work/plan/files" "$work/root"
$enter "$work/root" /none 2>/dev/null && fail "chroot does nothing"
[ "$($enter / true 2>&1)" = "" ] || skip "chroot is not allowed"

cat > "$work/plan/site.json" <<'PLAN'
{"name": "bare", "vars": {"root": "/site", "ports": [1, 2]}, "tasks": [
  {"name": "folders", "file": {"path": "{{ root }}/{{ item }}",
   "state": "directory", "mode": "0755"}, "loop": ["etc", "www"]},
  {"name": "template", "template": {"src": "t.j2",
   "dest": "{{ root }}/etc/t", "mode": "0640"}, "notify": "told"},
  {"name": "file", "copy": {"src": "f", "dest": "{{ root }}/www/f"}},
  {"name": "link", "file": {"path": "/current", "src": "{{ root }}/www",
   "state": "link"}},
  {"name": "look", "stat": {"path": "/current/f"}, "register": "seen"},
  {"name": "check", "assert": {"that": ["seen.stat.exists",
   "ansible_system == 'Linux'", "ansible_architecture is defined"]}}],
 "handlers": [{"name": "told", "copy": {"content": "yes",
   "dest": "{{ root }}/told"}}]}
PLAN
echo '{% for p in ports %}port {{ p }} on {{ ansible_system }}
{% endfor %}' > "$work/plan/templates/t.j2"
printf 'a\000b' > "$work/plan/files/f"

$packer "$troupe" pack "$work/plan/site.json" --runner "$engine" \
  -o "$work/root/r"
started=/r
if [ -n "$emulator" ]; then
  started=/emulator
  cp "$emulator" "$work/root$started"
fi
strace -f -qq -e trace=open,openat,creat,execve,connect -o "$work/trace" \
  $enter "$work/root" ${emulator:+$started} /r > "$work/out" 2>&1 || {
  cat "$work/out" >&2
  fail "the plan failed"
}
grep -q 'port 2 on Linux' "$work/root/site/etc/t" || fail "no template"
cmp -s "$work/plan/files/f" "$work/root/site/www/f" || fail "no file"
[ -e "$work/root/site/told" ] || fail "no handler"
[ -z "$(ls "$work/root/var/lib/troupe/tmp")" ] || fail "work folder left"

# What was opened after the runner had been started.
# Names relative to an open folder are inside of what was opened already.
sed -n "\\|execve(\"$started\"|,\$p" "$work/trace" | grep -v ' = -1 ' \
  | sed -n -e 's/.*openat(AT_FDCWD, "\([^"]*\)".*/\1/p' \
    -e 's/.* \(open\|creat\)("\([^"]*\)".*/\2/p' | sort -u > "$work/opened"
[ -s "$work/opened" ] || fail "strace saw nothing"
others=$(grep -v -e '^/var/lib/troupe' -e '^/var/lib$' -e '^/var$' \
  -e '^/site' -e '^/current' -e '^/r$' -e '^/$' "$work/opened" || true)
[ -z "$others" ] || fail "opened what nobody named: $others"
sed -n "\\|execve(\"$started\"|,\$p" "$work/trace" | sed 1d \
  | grep -q 'execve(.* = 0' \
  && fail "started a program"
echo "bare.sh: ran with nothing but the runner${emulator:+ (in $emulator)};" \
  "opened $(wc -l < "$work/opened") paths, all of the plan's or its own"
