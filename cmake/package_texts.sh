#!/bin/sh
# package_texts.sh TROUPE FOLDER: writes the man pages and the completions of
# the package, from what the program says of itself.
set -eu
troupe=$1
folder=$2
rm -rf "$folder"
mkdir -p "$folder/man"
# help2man calls the program by its path, which must not be in the pages.
PATH=$(dirname "$troupe"):$PATH
page() {
  help2man --no-info --no-discard-stderr --section 1 "$@" | gzip -9n
}
summary() {
  troupe --help | sed -n "s/^  $1  *//p" | head -n 1
}
page --name "runs automation plans on this host" troupe >"$folder/man/troupe.1.gz"
for name in $(troupe --help | sed -n '/^Subcommands:/,$s/^  \([a-z]*\)  .*/\1/p'); do
  page --name "$(summary "$name")" --version-string "$(troupe --version)" \
    "troupe $name" >"$folder/man/troupe-$name.1.gz"
done
troupe completion bash >"$folder/troupe.bash"
troupe completion zsh >"$folder/_troupe"
troupe completion fish >"$folder/troupe.fish"
