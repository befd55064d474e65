#include "modules/module.hpp"
#include "modules/support/accounts/ssh_lines.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/file_attributes.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>

namespace troupe {

namespace {

/// One task of `known_hosts`.
class known_hosts_work {
public:
  known_hosts_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, present_{args.text("state") == "present"},
        host_{args.text("name")}, key_{args.text("key")} {
    for (auto& each : host_)
      if (each >= 'A' && each <= 'Z')
        each = static_cast<char>(each - 'A' + 'a');
  }

  module_result run() {
    if (auto fine = check(); !fine)
      return module_result::failure(fine.why());
    auto edit = begin_edit(path_argument(args_, "path", ctx_), ctx_);
    if (!edit)
      return module_result::failure(edit.why());
    lines_ = whole_lines(edit->before);
    if (key_.empty())
      remove_host();
    else
      look_for_key();
    module_result out;
    for (auto name : {"name", "key", "path", "hash_host"})
      out.data.set(name, args_.has(name) ? *args_.find(name) : value{});
    auto after = fmt::format("{}", fmt::join(lines_, ""));
    value diff{
      dict{{"before_header", edit->is_there ? edit->path : "/dev/null"},
           {"before", value::from_host(edit->before)},
           {"after_header", edit->path},
           {"after", value::from_host(after)}}};
    // Playbooks find it in the result whether or not it is shown.
    if (!ctx_.diff_mode)
      out.data.set("diff", diff);
    if (auto done = end_edit(*edit, after, ctx_, out); !done)
      return module_result::failure(done.why());
    out.diff = ctx_.diff_mode ? std::move(diff) : value{};
    add_path_info(out, edit->path, ctx_);
    return out;
  }

private:
  result<void> check() {
    if (host_.find(',') != std::string::npos)
      return error{errc::invalid_argument,
                   "Comma separated list of names is not supported. Please "
                   "pass a single name to lookup in the known_hosts file."};
    if (!is_one_line(host_) || host_.find_first_of(" \t,") != std::string::npos
        || host_.empty())
      return error{
        errc::invalid_argument,
        fmt::format("'{}' is not the name of one host", args_.text("name"))};
    if (key_.empty())
      return present_ ? error{errc::missing_argument,
                              "No key specified when adding a host"}
                      : result<void>{};
    // One line, of which nothing may hide.
    key_.erase(key_.find_last_not_of("\r\n") + 1);
    if (key_.find('\0') != std::string::npos)
      return error{errc::invalid_argument, "a key cannot hold a NUL byte"};
    auto parsed = parse_known_host(key_);
    if (!parsed || !is_one_line(key_) || !is_known_as(*parsed, host_))
      return error{errc::invalid_argument,
                   "Host parameter does not match hashed host field in "
                   "supplied key"};
    wanted_ = *parsed;
    return args_.flag("hash_host") ? hide() : result<void>{};
  }

  result<void> hide() {
    auto hidden = hidden_host(host_);
    if (!hidden)
      return hidden.why();
    auto words = words_in(key_);
    words[wanted_.marker.empty() ? 0 : 1] = *hidden;
    key_ = fmt::format("{}", fmt::join(words, " "));
    wanted_.hosts = *hidden;
    return {};
  }

  std::optional<known_host_line> entry(const std::string& line) const {
    auto parsed = parse_known_host(line);
    return parsed && is_known_as(*parsed, host_) ? parsed : std::nullopt;
  }

  /// All that is known of the host, but for authorities and what is revoked.
  void remove_host() {
    std::erase_if(lines_, [&](auto& line) {
      auto found = entry(line);
      return found && found->marker.empty();
    });
  }

  void look_for_key() {
    auto at = lines_.end();
    auto same = false;
    for (auto each = lines_.begin(); each != lines_.end(); ++each) {
      auto found = entry(*each);
      if (!found)
        continue;
      // A name that is hidden already keeps its bytes of chance.
      auto hosts = (wanted_.is_hashed() && found->is_hashed())
                   || wanted_.hosts == found->hosts;
      same = hosts && wanted_.kind == found->kind && wanted_.key == found->key
             && wanted_.marker == found->marker;
      if (same || wanted_.kind == found->kind) {
        at = each;
        break;
      }
    }
    if (present_ && same)
      return;
    if (at != lines_.end())
      lines_.erase(at);
    if (!present_)
      return;
    if (!lines_.empty() && !lines_.back().ends_with("\n"))
      lines_.back() += '\n';
    lines_.push_back(key_ + "\n");
  }

  const arguments& args_;
  const module_context& ctx_;
  bool present_;
  std::string host_;
  std::string key_;
  known_host_line wanted_;
  std::vector<std::string> lines_;
};

class known_hosts final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "known_hosts",
      .summary = "Adds and removes keys of hosts that ssh knows.",
      .arguments
      = {{.name = "name",
          .summary = "The host, as ssh is told: `web`, `[web]:2222`.",
          .required = true,
          .aliases = {"host"}},
         {.name = "key",
          .summary = "The line: name, kind and key. Needed to add one; "
                     "without it everything about the host is removed."},
         {.name = "path",
          .type = arg_type::path,
          .summary = "The file.",
          .fallback = "~/.ssh/known_hosts"},
         {.name = "hash_host",
          .type = arg_type::boolean,
          .summary = "Hide the name.",
          .fallback = false},
         {.name = "state",
          .summary = "Whether it shall be there.",
          .fallback = "present",
          .choices = {"absent", "present"}}},
      .lock = "known_hosts",
      .resource = {"host key", {"name"}},
      .example
      = R"({"known_hosts": {"name": "web", "key": "{{ lookup('file', 'web.pub') }}"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return known_hosts_work{args, ctx}.run();
  }
};

const register_module known_hosts_registration{std::make_shared<known_hosts>()};

} // namespace

} // namespace troupe
