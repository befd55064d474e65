#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"
#include "modules/support/web/web_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

using key_names = std::vector<std::string>;

/// The keys in what gpg or apt-key has listed, but for those that are over.
key_names listed_keys(const std::string& text) {
  key_names out;
  for (auto& line : split_text(text, '\n')) {
    auto is_key = line.starts_with("pub") || line.starts_with("sub");
    if (!is_key || line.find("expired") != std::string::npos)
      continue;
    auto words = words_in(line);
    auto fields = split_text(line, ':');
    // "pub   rsa4096/9DC858229FC7DD38 2010-..." or "pub:u:4096:1:9DC8...:"
    if (words.size() > 1 && words[1].find('/') != std::string::npos)
      out.push_back(words[1].substr(words[1].find('/') + 1));
    else if (fields.size() > 4)
      out.push_back(fields[4]);
  }
  return out;
}

/// One task of `apt_key`.
class apt_key_work {
public:
  apt_key_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, ring_{path_argument(args, "keyring", ctx)},
        file_{path_argument(args, "file", ctx)}, web_{ctx} {
  }

  module_result run() {
    auto done = identify();
    if (done)
      done = act();
    if (done)
      return std::move(out_);
    auto failed = module_result::failure(done.why());
    failed.data = std::move(out_.data);
    return failed;
  }

private:
  /// Which key is meant: by its number, or the first one of file or data.
  result<void> identify() {
    auto id = args_.text("id");
    if (id.empty() && args_.has("keyserver"))
      return error{errc::missing_argument,
                   "Missing key_id, required with keyserver."};
    if (id.empty())
      if (auto done = load(); !done)
        return done;
    if (id.empty()) {
      auto found = key_of_content();
      if (!found)
        return found.why();
      id = *found;
    }
    out_.data.set("id", id);
    key_ = id;
    for (auto& each : key_)
      if (each >= 'a' && each <= 'z')
        each = static_cast<char>(each - 'a' + 'A');
    if (key_.starts_with("0X"))
      key_.erase(0, 2);
    constexpr std::string_view digits = "0123456789ABCDEF";
    auto fits = key_.size() == 8 || key_.size() >= 16;
    if (!fits || key_.find_first_not_of(digits) != std::string::npos)
      return error{errc::invalid_argument, "Invalid key_id"};
    out_.data.set("short_id", tail(8));
    out_.data.set("fp", tail(16));
    out_.data.set("key_id", key_);
    return {};
  }

  /// Loads a key that has an address, once.
  result<void> load() {
    if (!file_.empty() || !args_.has("url"))
      return {};
    auto path = web_.load(args_.text("url"), args_.flag("validate_certs"));
    if (!path)
      return path.why();
    file_ = *std::move(path);
    return {};
  }

  std::string tail(size_t digits) const {
    return key_.size() > digits ? key_.substr(key_.size() - digits) : key_;
  }

  result<std::string> key_of_content() const {
    if (file_.empty() && !args_.has("data"))
      return error{errc::missing_argument,
                   "which key is meant must be said by id, data, file or url"};
    auto tool = find_tool("gpg", ctx_);
    if (!tool)
      return tool;
    tool_terms terms;
    if (file_.empty())
      terms.input = args_.text("data");
    auto text = tool_output(
      {*tool, "--with-colons", "--", file_.empty() ? "-" : file_}, ctx_, terms);
    if (!text)
      return text;
    auto keys = listed_keys(*text);
    if (keys.empty())
      return error{errc::invalid_argument, "there is no key in it"};
    return keys[0];
  }

  result<std::string> apt_key(std::vector<std::string> words,
                              tool_terms terms = {}) const {
    auto tool = find_tool("apt-key", ctx_);
    if (!tool)
      return tool;
    if (!ring_.empty())
      words.insert(words.begin(), {"--keyring", ring_});
    words.insert(words.begin(), *tool);
    return tool_output(std::move(words), ctx_, std::move(terms));
  }

  /// Whether the key is there; notes all that are.
  result<bool> look(const char* name) {
    auto text = apt_key({"adv", "--list-public-keys", "--keyid-format=long"});
    if (!text)
      return text.why();
    auto keys = listed_keys(*text);
    auto brief = key_.size() == 8;
    list shown;
    for (auto& each : keys) {
      if (brief && each.size() > 8)
        each.erase(0, each.size() - 8);
      shown.push_back(value::from_host(each));
    }
    out_.data.set(name, std::move(shown));
    return std::find(keys.begin(), keys.end(), tail(brief ? 8 : 16))
           != keys.end();
  }

  result<void> act() {
    auto there = look("before");
    if (!there)
      return there.why();
    auto wanted = args_.text("state") == "present";
    if (*there == wanted)
      return {};
    out_.changed = true;
    if (ctx_.check_mode)
      return {};
    ctx_.changing("key of apt " + key_);
    if (auto done = wanted ? add() : apt_key({"del", tail(8)}); !done)
      return done.why();
    auto now = look("after");
    if (!now)
      return now.why();
    if (*now == wanted)
      return {};
    return error{errc::command_failed,
                 fmt::format("apt-key did not return an error, but {} (check "
                             "that the id is correct and *not* a subkey)",
                             wanted ? "failed to add the key"
                                    : "the key was not removed")};
  }

  result<std::string> add() {
    if (auto done = load(); !done)
      return done.why();
    if (!file_.empty())
      return apt_key({"add", file_});
    if (args_.has("data"))
      return apt_key({"add", "-"}, {.input = args_.text("data")});
    if (!args_.has("keyserver"))
      return error{errc::missing_argument, "there is no key to add"};
    auto server = args_.text("keyserver");
    if (server.starts_with("-"))
      return error{errc::invalid_argument,
                   fmt::format("'{}' cannot be a server", server)};
    constexpr auto most_tries = 5;
    auto got = fetch(server);
    for (auto i = 1;
         i < most_tries && !got && got.why().code == errc::command_failed; ++i)
      got = fetch(server);
    return got;
  }

  result<std::string> fetch(const std::string& server) const {
    return apt_key({"adv", "--no-tty", "--keyserver", server, "--recv", key_});
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string ring_;
  std::string file_;
  web_file web_;
  std::string key_;
  module_result out_;
};

class apt_key final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "apt_key",
      .summary = "Adds and removes keys that apt trusts.",
      .arguments
      = {{.name = "id",
          .summary = "The key: 8, 16 or more hexadecimal digits; silent: the "
                     "one in `file` or `data`."},
         {.name = "state",
          .summary = "Whether it shall be there.",
          .fallback = "present",
          .choices = {"absent", "present"}},
         {.name = "file",
          .type = arg_type::path,
          .summary = "A file that holds it."},
         {.name = "data", .summary = "The key itself."},
         {.name = "keyserver", .summary = "A server that has it."},
         {.name = "url", .summary = "Its address in the web."},
         {.name = "keyring",
          .type = arg_type::path,
          .summary = "The file of keys in /etc/apt/trusted.gpg.d."},
         {.name = "validate_certs",
          .type = arg_type::boolean,
          .summary = "A server has to show a right certificate.",
          .fallback = true}},
      .mutually_exclusive = {{"data", "file", "keyserver", "url"}},
      .lock = "dpkg",
      .resource = {"key of apt", {"id", "file"}},
      .example
      = R"({"apt_key": {"id": "9FED2BCBDCD29CDF762678CBAED4B06F473041FA", "file": "/tmp/key.gpg"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return apt_key_work{args, ctx}.run();
  }
};

const register_module apt_key_registration{std::make_shared<apt_key>()};

} // namespace

} // namespace troupe
