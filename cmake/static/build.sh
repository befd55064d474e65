#!/bin/sh
# Builds what the static runner is linked from, once, from Debian's source
# packages, and prints the folder it is in: the libraries, the C library musl,
# the C++ library, and compilers that use them (bin/cc, bin/c++).
#
#   cmake/static/build.sh [x86_64|arm64]
#
# The folder is below ${XDG_CACHE_HOME:-~/.cache}/troupe and named after all
# that decides what is in it: this script, the checksums, the compiler.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
arch=${1:-x86_64}
. "$here/sources.sh"

case $arch in
  x86_64) machine=x86_64 ;;
  arm64) machine=aarch64 ;;
  *) echo "build.sh: unknown architecture '$arch'" >&2; exit 64 ;;
esac
# Debian's compiler for that architecture, also where it is the machine's own.
gnu=$machine-linux-gnu
cross=
[ "$machine" = "$(uname -m)" ] \
  || cross="-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=$machine"

prefix=$cache/static-$arch-$("$gnu-g++" --version | head -n 1 \
  | name_of "$here/build.sh")
if [ -f "$prefix/complete" ]; then
  echo "$prefix"
  exit 0
fi

say "building the static libraries for $arch, once, into $prefix"
work=$prefix.work
rm -rf "$prefix" "$work"
mkdir -p "$work" "$prefix/lib" "$prefix/include" "$prefix/bin"
log=$work/log
tell_failure
fetch actor-framework fmtlib gcc-12 libyaml lz4 mbedtls minizip musl pcre2 poco \
  simdjson zlib

# -- compiler ------------------------------------------------------------------

sections="-ffunction-sections -fdata-sections"
size="-Os $sections"
hidden="-fvisibility=hidden -fvisibility-inlines-hidden"
# Nothing is thrown through the C libraries.
plain="-fno-asynchronous-unwind-tables -fno-unwind-tables"

say "musl"
unpack musl
# This musl forks where it has no vfork of the architecture's own, and the
# memory through which a child tells why a program did not start would be its
# own copy: clone with SIGCHLD, CLONE_VM and CLONE_VFORK, on the same stack.
if [ "$machine" = aarch64 ]; then
  mkdir -p "$work/musl/src/process/aarch64"
  printf '%s\n' '.global vfork' '.type vfork, %function' 'vfork:' \
    'mov x8, 220' 'mov x0, 0x4111' 'mov x1, 0' 'svc 0' 'b __syscall_ret' \
    > "$work/musl/src/process/aarch64/vfork.s"
fi
(cd "$work/musl" && CC=$gnu-gcc CFLAGS="$sections $plain" ./configure \
    --host="$gnu" --prefix="$prefix" --disable-shared \
  && make -j "$jobs" install) >> "$log" 2>&1
# libgcc was made for another C library and asks it where unwind tables are;
# in a static program they are registered before it asks.
printf 'int _dl_find_object(void*pc,void*out){(void)pc;(void)out;return -1;}\n' \
  > "$work/unwind.c"
"$gnu-gcc" $size $plain -c "$work/unwind.c" -o "$work/unwind.o"
"$gnu-ar" r "$prefix/lib/libc.a" "$work/unwind.o" 2>> "$log"
# The kernel's headers are the same for every C library.
kernel=/usr/$gnu/include
[ -d "$kernel/asm" ] || kernel=/usr/include
ln -sfn "$kernel/linux" "$prefix/include/linux"
ln -sfn "$kernel/asm-generic" "$prefix/include/asm-generic"
[ -d "$kernel/asm" ] || kernel=/usr/include/$gnu
ln -sfn "$kernel/asm" "$prefix/include/asm"

own=$("$gnu-gcc" -print-file-name=include)
c_headers="-nostdinc -isystem $prefix/include -isystem $own"
link="-static -B$prefix/lib -L$prefix/lib"

say "libstdc++"
mkdir -p "$work/gcc"
tar -xOf "$sources"/gcc-12_*.orig.tar.gz --wildcards '*/gcc-*-dfsg.tar.xz' \
  | tar -C "$work/gcc" -xJ --strip-components=1 --wildcards \
    --exclude='*/testsuite/*' '*/libstdc++-v3/*' '*/libgcc/*' '*/config/*' \
    '*/include/*' '*/libiberty/*' 'gcc-*/config*' 'gcc-*/*.sh' 'gcc-*/lt*' \
    'gcc-*/install-sh' 'gcc-*/mkinstalldirs' 'gcc-*/move-if-change' \
    'gcc-*/missing' 'gcc-*/compile' 'gcc-*/gcc/BASE-VER' 'gcc-*/gcc/DATESTAMP'
mkdir -p "$work/gcc/libstdc++-v3/testsuite" "$work/libstdcxx"
echo 'all install:' > "$work/gcc/libstdc++-v3/testsuite/Makefile.in"
ln -s gthr-posix.h "$work/gcc/libgcc/gthr-default.h"
# Weak references to threads mean "no threads" in a static program.
strong=-DGTHREAD_USE_WEAK=0
(cd "$work/libstdcxx" && ../gcc/libstdc++-v3/configure \
    --build="$(uname -m)-linux-gnu" --host="$machine-linux-musl" \
    --target="$machine-linux-musl" --prefix="$prefix" \
    --with-gxx-include-dir="$prefix/include/c++" --disable-shared \
    --disable-multilib --disable-nls --disable-libstdcxx-pch --disable-cet \
    --disable-libstdcxx-verbose --disable-libstdcxx-filesystem-ts \
    --disable-dependency-tracking --enable-clocale=generic \
    --enable-threads=posix AR="$gnu-ar" RANLIB="$gnu-ranlib" NM="$gnu-nm" \
    CC="$gnu-gcc $c_headers $link" CPP="$gnu-gcc -E $c_headers" \
    CXX="$gnu-g++ $c_headers -nostdinc++ $link" \
    CFLAGS="$size $strong" CXXFLAGS="$size $strong" \
  && make -j "$jobs" && make install) >> "$log" 2>&1
grep -q '_GLIBCXX_HAS_GTHREADS 1' \
  "$prefix/include/c++/$machine-linux-musl/bits/c++config.h"

cxx_headers="-nostdinc++ -isystem $prefix/include/c++ \
-isystem $prefix/include/c++/$machine-linux-musl"
printf '#!/bin/sh\nexec %s %s %s "$@"\n' \
  "$gnu-gcc" "$c_headers" "$link" > "$prefix/bin/cc"
printf '#!/bin/sh\nexec %s %s %s %s %s "$@"\n' \
  "$gnu-g++" "$cxx_headers" "$c_headers" "$strong" "$link" > "$prefix/bin/c++"
chmod +x "$prefix/bin/cc" "$prefix/bin/c++"
# CMake takes the tools that lie beside the compiler.
for each in ar nm objcopy objdump ranlib readelf strip; do
  ln -sfn "$(command -v "$gnu-$each")" "$prefix/bin/$each"
done
cc=$prefix/bin/cc cxx=$prefix/bin/c++

# -- libraries -----------------------------------------------------------------

say zlib
unpack zlib
(cd "$work/zlib" && CC=$cc CHOST=$gnu CFLAGS="-O2 $sections $plain $hidden" \
    ./configure --static --prefix="$prefix" && make -j "$jobs" libz.a \
  && cp libz.a "$prefix/lib/" && cp zlib.h zconf.h "$prefix/include/") \
  >> "$log" 2>&1

say minizip
unpack minizip
mkdir -p "$prefix/include/minizip"
for each in ioapi zip unzip; do
  # shellcheck disable=SC2086
  "$cc" $size $plain -D_LARGEFILE64_SOURCE -DNOCRYPT -DNOUNCRYPT \
    -c "$work/minizip/$each.c" -o "$work/minizip/$each.o" >> "$log" 2>&1
  cp "$work/minizip/$each.h" "$prefix/include/minizip/"
done
"$gnu-ar" rcs "$prefix/lib/libminizip.a" "$work"/minizip/*.o

# For the program that unpacks the engine.
say lz4
unpack lz4
for each in lz4 xxhash; do
  # shellcheck disable=SC2086
  "$cc" -O2 $sections $plain $hidden -fno-stack-protector \
    -c "$work/lz4/lib/$each.c" -o "$work/$each.o" >> "$log" 2>&1
  cp "$work/lz4/lib/$each.h" "$prefix/include/"
done
"$gnu-ar" rcs "$prefix/lib/liblz4.a" "$work/lz4.o" "$work/xxhash.o"

cmake_build pcre2 "$size $plain $hidden" "" -DPCRE2_BUILD_TESTS=OFF \
  -DPCRE2_BUILD_PCRE2GREP=OFF -DPCRE2_SUPPORT_LIBZ=OFF \
  -DPCRE2_SUPPORT_LIBBZ2=OFF -DPCRE2_SUPPORT_LIBREADLINE=OFF
cmake_build libyaml "$size $plain $hidden" "" -DBUILD_TESTING=OFF
cmake_build mbedtls "$size $plain $hidden" "" -DENABLE_PROGRAMS=OFF \
  -DENABLE_TESTING=OFF -DUSE_SHARED_MBEDTLS_LIBRARY=OFF \
  -DUSE_STATIC_MBEDTLS_LIBRARY=ON -DMBEDTLS_FATAL_WARNINGS=OFF
cmake_build fmtlib "" "$size $hidden" -DFMT_TEST=OFF -DFMT_DOC=OFF
# Parsing is what it is for: optimised for speed, without the kernels that
# differ little from the ones that stay.
cmake_build simdjson "" "-O2 $sections $hidden \
-DSIMDJSON_IMPLEMENTATION_ICELAKE=0 -DSIMDJSON_IMPLEMENTATION_WESTMERE=0" \
  -DSIMDJSON_DEVELOPER_MODE=OFF

poco_off=
for each in ACTIVERECORD ACTIVERECORD_COMPILER APACHECONNECTOR CRYPTO DATA \
  DATA_MYSQL DATA_ODBC DATA_POSTGRESQL DATA_SQLITE ENCODINGS JSON JWT MONGODB \
  NETSSL PAGECOMPILER PAGECOMPILER_FILE2PAGE PDF REDIS TESTS UTIL XML ZIP; do
  poco_off="$poco_off -DENABLE_$each=OFF"
done
# shellcheck disable=SC2086
cmake_build poco "$size $plain $hidden" "$size $hidden -std=c++17 -w" $poco_off

# The store of the controller, as POCO brings it along: one file.
say sqlite
mkdir -p "$work/sqlite"
tar -C "$work/sqlite" --strip-components=4 -xf "$sources"/poco_*.orig.tar.* \
  --wildcards '*/Data/SQLite/src/sqlite3.[ch]'
# shellcheck disable=SC2086
"$cc" $size $plain $hidden -DSQLITE_OMIT_LOAD_EXTENSION \
  -c "$work/sqlite/sqlite3.c" -o "$work/sqlite/sqlite3.o" >> "$log" 2>&1
"$gnu-ar" rcs "$prefix/lib/libsqlite3.a" "$work/sqlite/sqlite3.o"
cp "$work/sqlite/sqlite3.h" "$prefix/include/"

build_caf "$size $hidden"
# What each actor understands, as text, which only nodes of CAF's own network
# compare. It is made for every interface, used or not: some 230 kB.
interfaces=$prefix/include/caf/actor_system.hpp
sed -i 's/mpi result{get_rtti_from_mpi<Ts>(types())\.\.\.};/mpi result;/' \
  "$interfaces"
grep -q 'mpi result;$' "$interfaces"

# Headers without a library.
for each in CLI boost; do
  ln -sfn "/usr/include/$each" "$prefix/include/$each"
done
touch "$prefix/complete"
rm -rf "$work"
echo "$prefix"
