#include "actors/many/deploy.hpp"

#include "config/value/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace troupe {

std::string shell_word(const std::string& text) {
  std::string out = "'";
  for (char c : text)
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  return out + "'";
}

namespace {

/// The command for a login shell of any kind that does this script: what one of
/// them would read otherwise, even between quotes (an end of line, an
/// exclamation mark), stands there by its number.
std::string login_command(std::string_view script) {
  constexpr std::string_view plain = " ,-./:=_";
  std::string out = "exec sh -c 'eval \"$(printf \"";
  for (unsigned char c : script)
    if (c == '%')
      out += "%%";
    else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
             || (c >= '0' && c <= '9')
             || plain.find(static_cast<char>(c)) != plain.npos)
      out += static_cast<char>(c);
    else
      out += fmt::format("\\{:03o}", c);
  return out + "\")\"'";
}

// What ssh itself ends with when it fails.
constexpr int ssh_failed = 255;
// The exit code for a host on which something has run out.
constexpr int copy_failed = 7;

/// Keeps standard input as the runner, once its digest is right, and prints
/// the folder it is in, on a line of its own whatever a login has printed. What
/// earlier deployments left behind goes.
constexpr auto copy_script = R"sh(umask 077
find {folder} -maxdepth 1 -name 'troupe-deploy-*' -user "$(id -un)" -mtime +0 \
  -exec rm -rf {{}} + 2>/dev/null
d=$(mktemp -d {folder}/troupe-deploy-XXXXXXXX) || exit {failed}
if cat >"$d/runner" && chmod 700 "$d/runner" \
  && [ "$(sha256sum <"$d/runner" | cut -c 1-64)" = {digest} ]; then
  echo
  echo "$d"
else
  rm -rf "$d"
  echo 'the copy on the host is not what was sent' >&2
  exit {failed}
fi)sh";

/// Runs the copy. Its own standard input is the line to us: when that breaks,
/// the runner is told to end.
constexpr auto run_script = R"sh(trap '' HUP PIPE
echo
exec 3<&0
{folder}/runner --output ndjson{options} </dev/null &
p=$!
trap 'kill -TERM $p 2>/dev/null' INT TERM
(read -r line <&3; kill -TERM $p) 2>/dev/null &
w=$!
wait $p
code=$?
while kill -0 $p 2>/dev/null; do
  wait $p
  code=$?
done
kill $w 2>/dev/null
rm -rf {folder}
exit $code)sh";

/// The last line of what a program said about its failure.
std::string last_line(const captured_output& from,
                      const std::string& fallback) {
  std::string_view text{from.bytes};
  while (text.ends_with('\n') || text.ends_with('\r'))
    text.remove_suffix(1);
  auto start = text.rfind('\n');
  if (start != std::string_view::npos)
    text.remove_prefix(start + 1);
  return text.empty() ? fallback : std::string{text};
}

/// Cuts what the runner prints into events.
class event_lines {
public:
  explicit event_lines(std::function<void(const value&)> take)
      : take_{std::move(take)} {
  }

  void add(std::string_view piece) {
    rest_ += piece;
    size_t start = 0;
    for (auto end = rest_.find('\n'); end != std::string::npos;
         end = rest_.find('\n', start)) {
      // Whatever else is printed is no event: a login banner, for one.
      if (auto event
          = parse_json(std::string_view{rest_}.substr(start, end - start));
          event && event->find("event"))
        take_(*event);
      start = end + 1;
    }
    rest_.erase(0, start);
  }

private:
  std::function<void(const value&)> take_;
  std::string rest_;
};

process_spec ssh(const deployment& what, const std::string& host,
                 const std::string& script) {
  process_spec out;
  out.argv = {"ssh", "-T",
              "-o",  "BatchMode=yes",
              "-o",  "ConnectTimeout=10",
              "-o",  "ServerAliveInterval=15"};
  for (auto& each : what.ssh_options)
    out.argv.insert(out.argv.end(), {"-o", each});
  out.argv.insert(out.argv.end(), {"--", host, login_command(script)});
  out.stop = what.stop;
  return out;
}

using ending = deploy_result::ending;

/// Copies the runner. The folder it is in, or nothing: `out` says why.
std::optional<std::string> copy(const deployment& what, host& machine,
                                deploy_result& out) {
  auto script = fmt::format(
    copy_script, fmt::arg("folder", shell_word(what.folder)),
    fmt::arg("digest", what.digest), fmt::arg("failed", copy_failed));
  auto spec = ssh(what, out.host, script);
  spec.input_file = what.runner;
  auto ran = machine.processes().run(spec);
  if (!ran) {
    out.how = ending::failed;
    out.message = ran.why().message;
    return std::nullopt;
  }
  out.rc = ran->rc;
  if (ran->rc == 0)
    return last_line(ran->out, "");
  out.how = ran->cancelled          ? ending::stopped
            : ran->rc == ssh_failed ? ending::unreachable
                                    : ending::failed;
  out.message = last_line(ran->err, fmt::format("ssh ended with {}", ran->rc));
  return std::nullopt;
}

void run_there(const deployment& what, const std::string& folder, host& machine,
               const std::function<void(const value&)>& tell,
               deploy_result& out) {
  std::string options;
  for (auto& each : what.run_options)
    options += " " + shell_word(each);
  auto spec
    = ssh(what, out.host,
          fmt::format(run_script, fmt::arg("folder", shell_word(folder)),
                      fmt::arg("options", options)));
  spec.input = "";
  spec.hold_input = true;
  bool ended = false;
  event_lines lines{[&](const value& event) {
    if (auto* counts = event.find("counts"); counts && counts->is_dict())
      out.counts = counts->as_dict();
    ended = ended || event.find("event")->text_or("") == "run_ended";
    tell(event);
  }};
  spec.on_output = [&](bool is_error, std::string_view piece) {
    if (!is_error)
      lines.add(piece);
  };
  auto ran = machine.processes().run(spec);
  if (!ran) {
    out.how = ending::failed;
    out.message = ran.why().message;
    return;
  }
  out.rc = ran->rc;
  out.how = ran->cancelled                    ? ending::stopped
            : ran->rc == ssh_failed && !ended ? ending::lost
            : !ended && out.counts.empty()    ? ending::failed
                                              : ending::ran;
  if (out.how != ending::ran || out.rc != 0)
    out.message = last_line(ran->err, "");
}

/// Waits before the next attempt; false when it shall not be made.
bool pause(unsigned attempt, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any over;
  std::unique_lock held{mutex};
  over.wait_for(held, stop, std::chrono::seconds{1U << std::min(attempt, 5U)},
                [] { return false; });
  return !stop.stop_requested();
}

deploy_result deploy_to(const deployment& what, const std::string& name,
                        host& machine, const deploy_listener& tell) {
  deploy_result out;
  out.host = name;
  std::optional<std::string> folder;
  for (unsigned attempt = 0;; ++attempt) {
    folder = copy(what, machine, out);
    if (folder || out.how != ending::unreachable || attempt == what.retries
        || !pause(attempt, what.stop))
      break;
  }
  if (!folder)
    return out;
  run_there(
    what, *folder, machine, [&](const value& event) { tell(name, event); },
    out);
  return out;
}

} // namespace

std::vector<deploy_result> deploy(const deployment& what,
                                  const std::vector<std::string>& hosts,
                                  host& machine, const deploy_listener& tell) {
  std::vector<deploy_result> out(hosts.size());
  std::mutex telling;
  auto tell_alone = [&](const std::string& host, const value& event) {
    std::lock_guard guard{telling};
    tell(host, event);
  };
  std::atomic<size_t> next{0};
  auto serve = [&] {
    for (auto i = next++; i < hosts.size(); i = next++)
      try {
        out[i] = deploy_to(what, hosts[i], machine, tell_alone);
      } catch (const std::exception& problem) {
        out[i].host = hosts[i];
        out[i].how = ending::failed;
        out[i].rc = copy_failed;
        out[i].message = fmt::format("internal error: {}", problem.what());
      }
  };
  std::vector<std::jthread> threads;
  auto most = std::min<size_t>(what.forks, hosts.size());
  threads.reserve(most);
  for (size_t i = 0; i < most; ++i)
    threads.emplace_back(serve);
  threads.clear();
  return out;
}

} // namespace troupe
