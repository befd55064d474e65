# For scripts that build libraries from Debian's source packages; they set
#
#   here     the folder of this file
#   work     where to unpack and build; removed by whoever made it
#   prefix   where to install
#   log      a file for all that the builds print
#   cc, cxx  the compilers
#   cross    options of CMake for another architecture, else empty
#
# shellcheck shell=sh disable=SC2154
cache=${XDG_CACHE_HOME:-$HOME/.cache}/troupe
sources=$cache/sources
jobs=${TROUPE_JOBS:-$(nproc)}

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

# name_of FILE... : reads flags from its input and prints a name that changes
# with them, these files and the checksums of the sources.
name_of() {
  { cat "$@" "$here/sources.sh" "$here/sources.sha256" -; } | sha256sum \
    | cut -c 1-12
}

# What failed is told at the end of a script that calls this at its start.
tell_failure() {
  trap 'code=$?; [ "$code" = 0 ] || { tail -n 30 "$log" >&2
    echo "${0##*/}: failed; all of it is in $log" >&2; }' EXIT
}

# checked NAME... : whether the archives of these packages are there and right.
checked() {
  for package in "$@"; do
    grep "  ${package}_" "$here/sources.sha256" || return 1
  done | (cd "$sources" && sha256sum --quiet -c)
}

# fetch NAME... : the archives of these packages, into $sources.
fetch() {
  mkdir -p "$sources"
  checked "$@" >/dev/null 2>&1 || download "$@" >> "$log" 2>&1
  checked "$@" >> "$log" 2>&1
}

# Source entries made from the machine's own ones, in a configuration of their
# own, so that nothing on the machine changes.
download() {
  apt=$work/apt
  mkdir -p "$apt/parts" "$apt/lists/partial"
  [ -f /etc/apt/sources.list.d/debian.sources ] \
    && sed 's/^Types:.*/Types: deb-src/' \
      /etc/apt/sources.list.d/debian.sources > "$apt/parts/debian.sources"
  [ -f /etc/apt/sources.list ] && sed -n '/debian/s/^deb /deb-src /p' \
    /etc/apt/sources.list > "$apt/parts/machine.list"
  packages="$*"
  set -- "-oDir::Etc::SourceList=/dev/null" "-oDir::Etc::SourceParts=$apt/parts" \
    "-oDir::State::Lists=$apt/lists" "-oAPT::Sandbox::User=$(id -un)"
  apt-get "$@" -qq update
  # The archives of Debian's patches are left alone: not all can be had.
  # shellcheck disable=SC2086
  (cd "$sources" && apt-get "$@" -qq source --download-only --tar-only $packages)
}

# unpack NAME: into $work/NAME, whatever the archive calls its folder.
unpack() {
  mkdir -p "$work/$1"
  tar -C "$work/$1" --strip-components=1 -xf "$sources"/"$1"_*.orig.tar.*
}

# cmake_build NAME CFLAGS CXXFLAGS [OPTION...]: builds and installs a package.
cmake_build() {
  name=$1 cflags=$2 cxxflags=$3
  shift 3
  say "$name"
  unpack "$name"
  if command -v ccache >/dev/null; then
    export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR="$work"
    set -- -DCMAKE_C_COMPILER_LAUNCHER=ccache \
      -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "$@"
  fi
  # shellcheck disable=SC2086
  cmake -S "$work/$name" -B "$work/$name/build" -G Ninja $cross \
    -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" \
    -DCMAKE_BUILD_TYPE=None -DBUILD_SHARED_LIBS=OFF \
    -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib \
    -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_C_FLAGS="$cflags" -DCMAKE_CXX_FLAGS="$cxxflags" "$@" >> "$log" 2>&1
  ninja -C "$work/$name/build" -j "$jobs" >> "$log" 2>&1
  ninja -C "$work/$name/build" install >> "$log" 2>&1
}

# build_caf CXXFLAGS [OPTION...]
build_caf() {
  flags=$1
  shift
  # CAF needs <limits>, which newer standard libraries no longer bring along.
  cmake_build actor-framework "" "-std=c++17 -w -include limits $flags" \
    -DCAF_BUILD_STATIC_ONLY=yes -DCAF_NO_TOOLS=yes -DCAF_NO_EXAMPLES=yes \
    -DCAF_NO_UNIT_TESTS=yes -DCAF_NO_OPENCL=yes -DCAF_NO_PYTHON=yes \
    -DCAF_NO_OPENSSL=yes "$@"
}
