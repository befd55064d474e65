#!/bin/sh
# WANT_JSON: the arguments come as JSON in the file that $1 names.
# Knows _ansible_check_mode, so that check mode runs it too.
set -eu

value_of() {
  sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",}]*\)\"\{0,1\}.*/\1/p" "$2" | head -n 1
}

path=$(value_of path "$1")
name=$(value_of name "$1")
check=$(value_of _ansible_check_mode "$1")
if [ -z "$path" ]; then
  echo '{"failed": true, "msg": "greeting: the argument path is missing"}'
  exit 1
fi

wanted="Hello, ${name:-world}!"
if [ -f "$path" ] && [ "$(cat "$path")" = "$wanted" ]; then
  changed=false
else
  changed=true
  [ "$check" = true ] || printf '%s\n' "$wanted" > "$path"
fi
printf '{"changed": %s, "msg": "%s", "path": "%s"}\n' \
  "$changed" "$wanted" "$path"
