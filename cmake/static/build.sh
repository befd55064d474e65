#!/bin/sh
# Builds the libraries that the static runner links, once, from Debian's source
# packages, and prints the folder they are in.
#
#   cmake/static/build.sh [x86_64|arm64]
#
# The folder is below ${XDG_CACHE_HOME:-~/.cache}/troupe and named after all
# that decides what is in it: this script, the checksums, the compiler.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
arch=${1:-x86_64}
jobs=${TROUPE_JOBS:-$(nproc)}

case $arch in
  x86_64) triple=x86_64-linux-gnu cc=gcc cxx=g++ cross= ;;
  arm64)
    triple=aarch64-linux-gnu cc=$triple-gcc cxx=$triple-g++
    cross="-DCMAKE_TOOLCHAIN_FILE=$here/arm64.cmake" ;;
  *) echo "build.sh: unknown architecture '$arch'" >&2; exit 64 ;;
esac

cache=${XDG_CACHE_HOME:-$HOME/.cache}/troupe
hash=$({ cat "$here/build.sh" "$here/sources.sha256" "$here/arm64.cmake"
         "$cxx" --version | head -n 1; } | sha256sum | cut -c 1-12)
prefix=$cache/static-$arch-$hash
if [ -f "$prefix/complete" ]; then
  echo "$prefix"
  exit 0
fi

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
say "building the static libraries for $arch, once, into $prefix"
work=$prefix.work
sources=$cache/sources
rm -rf "$prefix" "$work"
mkdir -p "$work" "$sources" "$prefix/lib" "$prefix/include"
log=$work/log
trap 'code=$?; [ "$code" = 0 ] || { tail -n 30 "$log" >&2
  echo "build.sh: failed; all of it is in $log" >&2; }' EXIT

# -- sources -------------------------------------------------------------------

# Source entries made from the machine's own ones, in a configuration of their
# own, so that nothing on the machine changes.
fetch() {
  apt=$work/apt
  mkdir -p "$apt/parts" "$apt/lists/partial"
  for each in /etc/apt/sources.list.d/debian.sources; do
    [ -f "$each" ] && sed 's/^Types:.*/Types: deb-src/' "$each" \
      > "$apt/parts/debian.sources"
  done
  [ -f /etc/apt/sources.list ] && sed -n '/debian/s/^deb /deb-src /p' \
    /etc/apt/sources.list > "$apt/parts/machine.list"
  set -- "-oDir::Etc::SourceList=/dev/null" "-oDir::Etc::SourceParts=$apt/parts" \
    "-oDir::State::Lists=$apt/lists" "-oAPT::Sandbox::User=$(id -un)"
  apt-get "$@" -qq update
  # The archives of Debian's patches are left alone: not all can be had.
  (cd "$sources" && apt-get "$@" -qq source --download-only --tar-only \
    actor-framework fmtlib libxcrypt libyaml mbedtls minizip pcre2 poco \
    simdjson zlib)
}

(cd "$sources" && sha256sum --quiet -c "$here/sources.sha256" >/dev/null 2>&1) \
  || fetch >> "$log" 2>&1
(cd "$sources" && sha256sum --quiet -c "$here/sources.sha256") >> "$log" 2>&1

# -- building ------------------------------------------------------------------

size="-Os -ffunction-sections -fdata-sections"
hidden="-fvisibility=hidden -fvisibility-inlines-hidden"
launcher=
if command -v ccache >/dev/null; then
  launcher="-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache"
  export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR="$work"
fi

# unpack NAME: into $work/NAME, whatever the archive calls its folder.
unpack() {
  mkdir -p "$work/$1"
  tar -C "$work/$1" --strip-components=1 -xf "$sources"/"$1"_*.orig.tar.*
}

# cmake_build NAME CFLAGS CXXFLAGS [OPTION...]
cmake_build() {
  name=$1 cflags=$2 cxxflags=$3
  shift 3
  say "$name"
  unpack "$name"
  # shellcheck disable=SC2086
  cmake -S "$work/$name" -B "$work/$name/build" -G Ninja $cross $launcher \
    -DCMAKE_BUILD_TYPE=None -DBUILD_SHARED_LIBS=OFF \
    -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib \
    -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_C_FLAGS="$cflags" -DCMAKE_CXX_FLAGS="$cxxflags" "$@" >> "$log" 2>&1
  ninja -C "$work/$name/build" -j "$jobs" >> "$log" 2>&1
  ninja -C "$work/$name/build" install >> "$log" 2>&1
}

say zlib
unpack zlib
(cd "$work/zlib" && CC=$cc CHOST=$triple \
  CFLAGS="-O2 -ffunction-sections -fdata-sections $hidden -D_LARGEFILE64_SOURCE" \
  ./configure --static --prefix="$prefix" \
  && make -j "$jobs" libz.a \
  && cp libz.a "$prefix/lib/" && cp zlib.h zconf.h "$prefix/include/") \
  >> "$log" 2>&1

say minizip
unpack minizip
mkdir -p "$prefix/include/minizip"
for each in ioapi zip unzip; do
  # shellcheck disable=SC2086
  "$cc" $size -D_FILE_OFFSET_BITS=64 -DNOCRYPT -DNOUNCRYPT \
    -I"$prefix/include" -c "$work/minizip/$each.c" -o "$work/minizip/$each.o" \
    >> "$log" 2>&1
  cp "$work/minizip/$each.h" "$prefix/include/minizip/"
done
ar rcs "$prefix/lib/libminizip.a" "$work"/minizip/*.o

cmake_build pcre2 "$size $hidden" "" -DPCRE2_BUILD_TESTS=OFF \
  -DPCRE2_BUILD_PCRE2GREP=OFF -DPCRE2_SUPPORT_LIBZ=OFF \
  -DPCRE2_SUPPORT_LIBBZ2=OFF -DPCRE2_SUPPORT_LIBREADLINE=OFF
cmake_build libyaml "$size $hidden" "" -DBUILD_TESTING=OFF
cmake_build mbedtls "$size $hidden" "" -DENABLE_PROGRAMS=OFF \
  -DENABLE_TESTING=OFF -DUSE_SHARED_MBEDTLS_LIBRARY=OFF \
  -DUSE_STATIC_MBEDTLS_LIBRARY=ON -DMBEDTLS_FATAL_WARNINGS=OFF
cmake_build fmtlib "" "$size $hidden" -DFMT_TEST=OFF -DFMT_DOC=OFF
# Parsing is what it is for: optimised for speed, without the kernels that
# differ little from the ones that stay.
cmake_build simdjson "" "-O2 -ffunction-sections -fdata-sections $hidden \
-DSIMDJSON_IMPLEMENTATION_ICELAKE=0 -DSIMDJSON_IMPLEMENTATION_WESTMERE=0" \
  -DSIMDJSON_DEVELOPER_MODE=OFF

say libxcrypt
unpack libxcrypt
(cd "$work/libxcrypt" && autoreconf -fi \
  && ./configure --host="$triple" --prefix="$prefix" --disable-shared \
    --enable-static --disable-obsolete-api --disable-xcrypt-compat-files \
    --disable-failure-tokens --disable-werror \
    --enable-hashes=bcrypt,bcrypt_a,bcrypt_y,sha512crypt,sha256crypt,md5crypt \
    CC="$cc" CFLAGS="$size" \
  && make -j "$jobs" install) >> "$log" 2>&1

poco_off=
for each in ACTIVERECORD ACTIVERECORD_COMPILER APACHECONNECTOR CRYPTO DATA \
  DATA_MYSQL DATA_ODBC DATA_POSTGRESQL DATA_SQLITE ENCODINGS JSON JWT MONGODB \
  NETSSL PAGECOMPILER PAGECOMPILER_FILE2PAGE PDF REDIS TESTS UTIL XML ZIP; do
  poco_off="$poco_off -DENABLE_$each=OFF"
done
# shellcheck disable=SC2086
cmake_build poco "$size $hidden" "$size $hidden -std=c++17 -w" $poco_off
# CAF needs <limits>, which newer standard libraries no longer bring along.
cmake_build actor-framework "" "-std=c++17 -w -include limits $size $hidden" \
  -DCAF_BUILD_STATIC_ONLY=yes -DCAF_NO_TOOLS=yes -DCAF_NO_EXAMPLES=yes \
  -DCAF_NO_UNIT_TESTS=yes -DCAF_NO_OPENCL=yes -DCAF_NO_PYTHON=yes \
  -DCAF_NO_OPENSSL=yes

# Headers without a library; a cross compiler does not look into /usr/include.
for each in CLI boost; do
  ln -sfn "/usr/include/$each" "$prefix/include/$each"
done
touch "$prefix/complete"
rm -rf "$work"
echo "$prefix"
