#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/prediction/predict.hpp"
#include "modules/support/services/service_backend.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

/// How a kind of system keeps its name.
struct name_keeper {
  std::string_view use;
  /// The file it is kept in.
  const char* file;
  /// What stands before the name in a line of that file; empty: the file is the
  /// name.
  std::string_view key = {};
  /// Around the name.
  std::string_view quote = {};
};

constexpr name_keeper keepers[] = {
  {"alpine", "/etc/hostname"},
  {"generic", "/etc/hostname"},
  {"openrc", "/etc/conf.d/hostname", "hostname=", "\""},
  {"redhat", "/etc/sysconfig/network", "HOSTNAME="},
  {"sles", "/etc/HOSTNAME"},
  {"systemd", "/etc/hostname"},
};

const name_keeper& keeper_of(std::string_view use) {
  return *std::find_if(std::begin(keepers), std::end(keepers),
                       [&](auto& each) { return each.use == use; });
}

std::string trimmed(std::string text) {
  constexpr std::string_view blanks = " \t\r\n";
  text.erase(text.find_last_not_of(blanks) + 1);
  text.erase(0, std::min(text.find_first_not_of(blanks), text.size()));
  return text;
}

/// One task of `hostname`.
class hostname_work {
public:
  hostname_work(const arguments& args, const module_context& ctx)
      : ctx_{ctx}, name_{args.text("name")}, keeper_{choose(args, ctx)} {
  }

  module_result run() {
    if (auto fine = check(); !fine)
      return module_result::failure(fine.why());
    auto kept = kept_name();
    if (!kept)
      return module_result::failure(kept.why());
    auto current = is("systemd") || is("alpine") ? kernel_name()
                                                 : result<std::string>{*kept};
    if (!current)
      return module_result::failure(current.why());
    if (auto made = predicted_name())
      current = kept = *made;
    module_result out;
    out.changed = *current != name_ || *kept != name_;
    if (out.changed)
      if (auto done = set(*current != name_, *kept != name_); !done)
        return module_result::failure(done.why());
    report(out, *current != name_ ? *current : *kept);
    return out;
  }

private:
  /// The name that an earlier task would have given it.
  std::optional<std::string> predicted_name() const {
    return ctx_.predicted ? ctx_.predicted->what().host_name() : std::nullopt;
  }

  static const name_keeper& choose(const arguments& args,
                                   const module_context& ctx) {
    auto use = args.text("use");
    if (use == "debian")
      use = "systemd";
    if (!use.empty())
      return keeper_of(use);
    if (service_manager_of(ctx) == "systemd")
      return keeper_of("systemd");
    auto& files = ctx.machine.files();
    for (auto [mark, kind] : {std::pair{"/etc/alpine-release", "alpine"},
                              {"/etc/conf.d/hostname", "openrc"},
                              {"/etc/HOSTNAME", "sles"}})
      if (files.access(mark, ""))
        return keeper_of(kind);
    auto network = files.read(keeper_of("redhat").file, size_t{1} << 20);
    if (network && network->find("HOSTNAME=") != std::string::npos)
      return keeper_of("redhat");
    return keeper_of("generic");
  }

  bool is(std::string_view use) const {
    return keeper_.use == use;
  }

  result<void> check() const {
    constexpr size_t longest = 64;
    if (!name_.empty() && is_one_line(name_) && name_[0] != '-'
        && name_.find_first_of(" \t\"'\\/") == std::string::npos) {
      if (is("systemd") && name_.size() > longest)
        return error{errc::invalid_argument,
                     "name cannot be longer than 64 characters on systemd "
                     "servers, try a shorter name"};
      return {};
    }
    return error{errc::invalid_argument,
                 fmt::format("'{}' cannot be the name of a host", name_)};
  }

  /// The name that the kernel has now.
  result<std::string> kernel_name() const {
    auto text = ctx_.machine.files().read("/proc/sys/kernel/hostname");
    if (text)
      return trimmed(*std::move(text));
    return ctx_.machine.facts().host_name();
  }

  result<std::string> content() const {
    auto& files = ctx_.machine.files();
    auto there = files.status(keeper_.file, true);
    if (!there)
      return there.why();
    return *there ? files.read(keeper_.file, size_t{1} << 20)
                  : result<std::string>{std::string{}};
  }

  bool is_entry(const std::string& line) const {
    return trimmed(line).starts_with(keeper_.key);
  }

  /// The name that the host will have after its next start.
  result<std::string> kept_name() const {
    auto text = content();
    if (!text || keeper_.key.empty())
      return text ? trimmed(*std::move(text)) : text;
    for (auto& line : split_text(*text, '\n'))
      if (is_entry(line)) {
        auto name = trimmed(line).substr(keeper_.key.size());
        std::erase(name, '"');
        return trimmed(std::move(name));
      }
    return std::string{};
  }

  result<void> keep_in_file() const {
    auto entry = fmt::format("{}{}{}{}", keeper_.key, keeper_.quote, name_,
                             keeper_.quote);
    if (keeper_.key.empty())
      return ctx_.machine.files().replace(keeper_.file, entry + "\n", {});
    auto text = content();
    if (!text)
      return text.why();
    auto lines = split_text(*text, '\n');
    if (lines.back().empty())
      lines.pop_back();
    auto at = std::find_if(lines.begin(), lines.end(),
                           [&](auto& line) { return is_entry(line); });
    if (at == lines.end())
      lines.push_back(entry);
    else
      *at = entry;
    return ctx_.machine.files().replace(
      keeper_.file, fmt::format("{}\n", fmt::join(lines, "\n")), {});
  }

  result<void> run_program(std::vector<std::string> argv) const {
    if (ctx_.check_mode)
      return {};
    auto tool = find_tool(argv[0], ctx_);
    if (!tool)
      return tool.why();
    argv[0] = *tool;
    ctx_.changing("name of the host");
    auto said = tool_output(std::move(argv), ctx_);
    return said ? result<void>{} : result<void>{said.why()};
  }

  result<void> set(bool current, bool kept) const {
    if (is("systemd")) {
      for (auto [wanted, which] :
           {std::pair{current, "--transient"}, {kept, "--static"}})
        if (wanted)
          if (auto done
              = run_program({"hostnamectl", which, "set-hostname", name_});
              !done)
            return done;
      return {};
    }
    if (kept)
      if (auto done = keep_in_file(); !done)
        return done;
    return current && is("alpine")
             ? run_program({"hostname", "-F", keeper_.file})
             : result<void>{};
  }

  void report(module_result& out, const std::string& before) const {
    out.data.set("name", name_);
    auto full = name_;
    if (auto kernel = ctx_.machine.facts().kernel())
      full = kernel->fully_qualified_name;
    auto dot = full.find('.');
    out.facts.set("ansible_hostname", name_.substr(0, name_.find('.')));
    out.facts.set("ansible_nodename", name_);
    out.facts.set("ansible_fqdn", value::from_host(full));
    out.facts.set(
      "ansible_domain",
      value::from_host(dot == std::string::npos ? "" : full.substr(dot + 1)));
    out.data.set("ansible_facts", out.facts);
    if (!out.changed)
      return;
    foresee(ctx_, effect::changed, name_);
    if (ctx_.predicted)
      ctx_.predicted->what().note_host_name(name_);
    if (ctx_.diff_mode)
      out.diff = dict{{"before", fmt::format("hostname = {}\n", before)},
                      {"after", fmt::format("hostname = {}\n", name_)}};
  }

  const module_context& ctx_;
  std::string name_;
  const name_keeper& keeper_;
};

class hostname final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "hostname",
      .summary = "Sets the name of the host, now and for its next start.",
      .arguments
      = {{.name = "name", .summary = "The name.", .required = true},
         {.name = "use",
          .summary = "How the system keeps it; silent: look what it has.",
          .choices = {"alpine", "debian", "generic", "openrc", "redhat", "sles",
                      "systemd"}}},
      .lock = "hostname",
      .resource = {"hostname", {"name"}},
      .example = R"({"hostname": {"name": "web01"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return hostname_work{args, ctx}.run();
  }
};

const register_module hostname_registration{std::make_shared<hostname>()};

} // namespace

} // namespace troupe
