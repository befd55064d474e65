#!/bin/sh
# nesting.sh TROUPE: what lies inside one another in a plan, as deep as may be and
# deeper, has a result or an error and never overflows a stack. What is for
# another machine runs in an emulator. [M062]
set -eu
troupe=$1
here=$(dirname "$0")

fail() { echo "nesting.sh: $*" >&2; exit 1; }

[ -e "$troupe" ] || { echo "$troupe is not there: see ./dev runner"; exit 77; }
emulator=$("$here/emulator.sh" "$troupe") || exit 77
work=$(mktemp -d /tmp/troupe-nesting-XXXXXX)
trap 'rm -rf "$work"' EXIT

# repeated TEXT COUNT
repeated() { awk -v text="$1" -v n="$2" 'BEGIN { while (n-- > 0) printf "%s", text }'; }

# inside OPEN MIDDLE CLOSE COUNT
inside() { printf '%s%s%s' "$(repeated "$1" "$4")" "$2" "$(repeated "$3" "$4")"; }

# chain COUNT: variables of which each needs the one before it.
chain() {
  awk -v n="$1" 'BEGIN { printf "\"v0\": \"end\""
    for (i = 1; i <= n; ++i) printf ", \"v%d\": \"{{ v%d }}\"", i, i - 1 }'
}

# expect CODE NAME MESSAGE [VARIABLES]: how a plan ends that shows MESSAGE, in a
# task and when it is read. CODE may be several.
expect() {
  printf '{"vars": {%s}, "tasks": [{"debug": {"msg": "%s"}},
    {"when": "%s", "debug": {"msg": "as a condition"}}]}\n' "${4:-}" "$3" \
    "$(printf '%s' "$3" | sed 's/^{{ \(.*\) }}$/\1/')" > "$work/plan.json"
  code=0
  $emulator "$troupe" run --no-state "$work/plan.json" > "$work/out" 2>&1 \
    || code=$?
  case " $1 " in
    *" $code "*) ;;
    *) tail -n 5 "$work/out" >&2; fail "$2 ended with $code, not $1" ;;
  esac
}

expect 2 "a variable that needs itself" '{{ path }}' '"path": "{{ path }}/bin"'
expect 0 "70 variables in a chain" '{{ v70 }}' "$(chain 70)"
expect 2 "300 variables in a chain" '{{ v300 }}' "$(chain 300)"
expect 0 "600 sums" "{{ $(repeated '1+' 600)1 }}"
expect 0 "80 parentheses" "{{ $(inside '(' 1 ')' 80) }}"
expect "2 4" "5,000 parentheses" "{{ $(inside '(' 1 ')' 5000) }}"
expect "2 4" "5,000 lists" "{{ $(inside '[' 1 ']' 5000) }}"
expect "2 4" "5,000 signs" "{{ $(repeated - 5000)1 }}"
expect "2 4" "5,000 filters in one another" \
  "{{ $(inside '1 | default(' 1 ')' 5000) }}"
# Macros in lists in macros: all kinds together.
expect "2 4" "a macro without an end" "{% macro m(n) %}{{ $(inside '[' \
  'm(n + 1)' ']' 90) }}{% endmacro %}{{ m(1) }}"
echo "nesting.sh: $troupe overflows no stack${emulator:+ (in $emulator)}"
