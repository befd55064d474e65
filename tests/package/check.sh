#!/bin/sh
# check.sh PACKAGE.deb: installs the package into an empty root and uses it.
set -eu
package=$(realpath "$1")
root=$(mktemp -d "${TMPDIR:-/tmp}/troupe-package-XXXXXX")
trap 'rm -rf "$root"' EXIT
fail() { echo "check.sh: $*" >&2; exit 1; }

dpkg-deb --info "$package" | grep -q '^ Package: troupe$' || fail "it is no package of troupe"
! dpkg-deb --field "$package" Depends | grep -q . || fail "it depends on other packages"
dpkg-deb --extract "$package" "$root"
for file in bin/troupe lib/troupe/troupe-runner share/man/man1/troupe.1.gz \
    share/man/man1/troupe-run.1.gz share/bash-completion/completions/troupe \
    share/zsh/vendor-completions/_troupe share/fish/vendor_completions.d/troupe.fish \
    lib/systemd/system/troupe-agent.service \
    lib/systemd/system/troupe-controller.service \
    share/doc/troupe/copyright share/doc/troupe/examples/quickstart.json; do
  [ -s "$root/usr/$file" ] || fail "/usr/$file is missing"
done
gzip -dc "$root/usr/share/man/man1/troupe-run.1.gz" | grep -q parallel \
  || fail "the page of troupe run does not know its options"
! gzip -dc "$root"/usr/share/man/man1/*.gz | grep -qF "$(dirname "$package")" \
  || fail "a page names a folder of the build"
bash -n "$root/usr/share/bash-completion/completions/troupe"

# What the units start is there, with the options that they give.
for unit in agent controller; do
  words=$(sed -n 's|^ExecStart=/usr/bin/troupe ||p' \
    "$root/usr/lib/systemd/system/troupe-$unit.service")
  [ -n "$words" ] || fail "troupe-$unit.service starts nothing of the package"
  help=$("$root/usr/bin/troupe" $unit run --help)
  for word in $words; do
    case $word in
      --*) echo "$help" | grep -q -- "$word" \
        || fail "troupe-$unit.service gives $word, which there is not" ;;
    esac
  done
done

# The engine for machines of the other architecture.
case $(dpkg-deb --field "$package" Architecture) in
  amd64) other=arm64 ;;
  *) other=x86_64 ;;
esac
foreign=$root/usr/lib/troupe/troupe-runner-$other
[ -x "$foreign" ] || fail "there is no engine for $other"
emulator=$("$(dirname "$0")/../runner/emulator.sh" "$foreign") || {
  echo "check.sh: a runner for $other is packed, but not started" >&2
  emulator=
}

# With nothing but the package: no shell, no library, no /etc.
plan='{"tasks": [{"copy": {"content": "hello", "dest": "/greeting"}}]}'
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$root/tmp" "$root/dev"
  echo "$plan" >"$root/plan.json"
  chroot "$root" /usr/bin/troupe run /plan.json -q || fail "it does not run a plan"
  [ "$(cat "$root/greeting")" = hello ] || fail "the plan had no effect"
  chroot "$root" /usr/bin/troupe pack /plan.json -o /runner || fail "it does not pack"
  rm "$root/greeting"
  chroot "$root" /runner -q || fail "the packed plan does not run"
  [ "$(cat "$root/greeting")" = hello ] || fail "the packed plan had no effect"
  chroot "$root" /usr/bin/troupe pack /plan.json --arch "$other" -o /foreign \
    || fail "it does not pack for $other"
  if [ -n "$emulator" ] && ! readelf -l "$emulator" | grep -q INTERP; then
    cp "$emulator" "$root/emulator"
    rm "$root/greeting"
    chroot "$root" /emulator /foreign -q \
      || fail "the plan packed for $other does not run"
    [ "$(cat "$root/greeting")" = hello ] \
      || fail "the plan packed for $other had no effect"
    echo "check.sh: a plan packed for $other ran in $emulator"
  fi
else
  "$root/usr/bin/troupe" --version >/dev/null || fail "it does not start"
  echo "$plan" >"$root/plan.json"
  "$root/usr/bin/troupe" pack "$root/plan.json" --arch "$other" \
    -o "$root/foreign" || fail "it does not pack for $other"
  [ -z "$emulator" ] || "$emulator" "$root/foreign" --verify \
    || fail "the plan packed for $other is damaged"
fi
echo "check.sh: $(basename "$package") is sound, $(stat -c %s "$package") bytes"
