#include "tests/e2e/disposable_root.hpp"

#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace troupe::test {

namespace {

// A program, and the libraries that the loader says it needs.
constexpr const char* copying = R"(set -e
root=$1; shift
mkdir -p "$root/etc" "$root/home" "$root/root" "$root/tmp" "$root/dev" \
  "$root/var/lib/dpkg" "$root/usr/share" "$root/etc/skel"
chmod 1777 "$root/tmp"
cp -a /dev/null /dev/urandom "$root/dev/"
for each in "$@"; do
  case $each in /*) from=$each ;; *) from=$(command -v "$each") ;; esac
  to=$from
  case $from in */troupe) to=/usr/bin/troupe ;; esac
  install -D "$from" "$root$to"
  ldd "$from" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
    test -e "$root$library" || install -D "$library" "$root$library"
  done
done
test -e "$root/bin/sh" || install -D /bin/sh "$root/bin/sh"
cat > "$root/etc/nsswitch.conf" <<'END'
passwd: files
group: files
shadow: files
END
echo root:x:0:0:root:/root:/bin/sh > "$root/etc/passwd"
echo root:x:0: > "$root/etc/group"
echo 'root:*:19000:0:99999:7:::' > "$root/etc/shadow"
: > "$root/etc/gshadow"
)";

} // namespace

disposable_root::disposable_root(const std::vector<std::string>& programs) {
#ifdef __SANITIZE_ADDRESS__
  missing_ = "the address sanitizer looks into /proc, which is not there";
  return;
#endif
  if (::geteuid() != 0) {
    missing_ = "needs root";
    return;
  }
  std::vector<std::string> words{
    "-c", copying, "sh", folder_.path(), test::built_path("troupe"), "sh"};
  words.insert(words.end(), programs.begin(), programs.end());
  auto made = run_program(
    "/bin/sh", words,
    {{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}});
  if (made.rc != 0)
    missing_ = "a program is missing on this machine: " + made.err;
  else if (auto tried = run_program(
             "/usr/sbin/chroot", {folder_.path(), "/bin/sh", "-c", "exit 7"});
           tried.rc != 7)
    missing_ = "this machine lets nobody change the root";
}

std::string disposable_root::run(const std::string& plan, int& changed) {
  write_file(*this / "plan.yml", plan);
  auto ran = run_program(
    "/usr/sbin/chroot", {folder_.path(), "/usr/bin/troupe", "run", "/plan.yml"},
    {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"},
     {"HOME", "/root"},
     {"XDG_STATE_HOME", "/root/state"}});
  changed = 0;
  constexpr std::string_view mark = "changed=";
  if (auto at = ran.out.find(mark); at != std::string::npos)
    changed = std::atoi(ran.out.c_str() + at + mark.size());
  return ran.rc == 0 ? std::string{}
                     : fmt::format("{} {}{}", ran.rc, ran.out, ran.err);
}

std::string disposable_root::shell(const std::string& line) {
  return run_program("/usr/sbin/chroot",
                     {folder_.path(), "/bin/sh", "-c", line},
                     {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}})
    .out;
}

} // namespace troupe::test
