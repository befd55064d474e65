#include "modules/module.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/file_content.hpp"
#include "modules/support/files/path_turn.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"
#include "modules/support/packages/repo_file.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

struct repo_option {
  std::string_view name;
  arg_type type;
  std::string_view summary;
  std::vector<std::string_view> choices = {};
  std::vector<std::string_view> aliases = {};
};

constexpr auto repo_words = arg_type::list;
constexpr auto repo_truth = arg_type::boolean;
constexpr auto repo_text = arg_type::str;

/// What is written under its own name, sorted as it is written.
const std::vector<repo_option>& repo_options() {
  static const std::vector<repo_option> all{
    {"async", repo_truth, "Load in the background."},
    {"bandwidth", repo_text, "Bytes a second at most."},
    {"baseurl", repo_words, "Addresses of the repository."},
    {"cost", repo_text, "How dear it is, beside others."},
    {"deltarpm_metadata_percentage", repo_text, "When deltas are worth it."},
    {"deltarpm_percentage", repo_text, "How small a delta must be."},
    {"enabled", repo_truth, "Whether it is used."},
    {"enablegroups", repo_truth, "Whether groups of packages are used."},
    {"exclude", repo_words, "Packages that are not taken from it."},
    {"failovermethod",
     repo_text,
     "Which address comes first.",
     {"roundrobin", "priority"}},
    {"gpgcakey", repo_text, "A key that signs the others."},
    {"gpgcheck", repo_truth, "Whether packages must be signed."},
    {"gpgkey", repo_words, "Addresses of its keys."},
    {"http_caching",
     repo_text,
     "What caches may keep.",
     {"all", "packages", "none"}},
    {"include", repo_text, "Another file that is read too."},
    {"includepkgs", repo_words, "The only packages taken from it."},
    {"ip_resolve",
     repo_text,
     "Which kind of addresses is used.",
     {"4", "6", "IPv4", "IPv6", "whatever"}},
    {"keepalive", repo_truth, "Whether connections stay open."},
    {"keepcache", repo_text, "Whether packages are kept.", {"0", "1"}},
    {"metadata_expire", repo_text, "When its lists are too old."},
    {"metadata_expire_filter",
     repo_text,
     "For which commands they may be.",
     {"never", "read-only:past", "read-only:present", "read-only:future"}},
    {"metalink", repo_text, "An address of a list of mirrors with checksums."},
    {"mirrorlist", repo_text, "An address of a list of mirrors."},
    {"mirrorlist_expire", repo_text, "When that list is too old."},
    {"module_hotfixes", repo_truth, "Whether its packages win over modules."},
    {"password", repo_text, "The password for it."},
    {"priority", repo_text, "Its rank; 1 is the first."},
    {"protect", repo_truth, "Whether others may not replace its packages."},
    {"proxy", repo_text, "The proxy for it; `_none_`: none."},
    {"proxy_password", repo_text, "The password for the proxy."},
    {"proxy_username", repo_text, "Who asks the proxy."},
    {"repo_gpgcheck", repo_truth, "Whether its lists must be signed."},
    {"retries", repo_text, "How often something is tried."},
    {"s3_enabled", repo_truth, "Whether it lies in S3."},
    {"skip_if_unavailable", repo_truth, "Go on when it is not there."},
    {"ssl_check_cert_permissions", repo_truth, "Whether keys must be private."},
    {"sslcacert", repo_text, "The folder of authorities.", {}, {"ca_cert"}},
    {"sslclientcert",
     repo_text,
     "The certificate to show.",
     {},
     {"client_cert"}},
    {"sslclientkey", repo_text, "The key of it.", {}, {"client_key"}},
    {"sslverify",
     repo_truth,
     "Whether its certificate must be right.",
     {},
     {"validate_certs"}},
    {"throttle", repo_text, "Bytes a second, or a part of `bandwidth`."},
    {"timeout", repo_text, "Seconds until a connection is given up."},
    {"ui_repoid_vars", repo_text, "Variables that are shown in its name."},
    {"username", repo_text, "Who asks for it."},
  };
  return all;
}

std::vector<argument> repo_arguments() {
  std::vector<argument> out{
    {.name = "name",
     .summary = "What it is called, and its file if `file` is silent.",
     .required = true},
    {.name = "description", .summary = "What people call it."},
    {.name = "state",
     .summary = "Whether it shall be there.",
     .fallback = "present",
     .choices = {"present", "absent"}},
    {.name = "file", .summary = "Its file, without `.repo`."},
    {.name = "reposdir",
     .type = arg_type::path,
     .summary = "The folder of that.",
     .fallback = "/etc/yum.repos.d"}};
  for (auto& each : repo_options())
    out.push_back({.name = each.name,
                   .type = each.type,
                   .summary = each.summary,
                   .choices = each.choices,
                   .aliases = each.aliases,
                   .secret = each.name.ends_with("password")});
  return with_file_arguments(std::move(out));
}

/// One task of `yum_repository`.
class yum_repository_work {
public:
  yum_repository_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, name_{args.text("name")}, present_{
                                                            args.text("state")
                                                            == "present"} {
  }

  module_result run() {
    out_.data.set("repo", name_);
    out_.data.set("state", args_.text("state"));
    auto done = check();
    if (done)
      done = change();
    if (done)
      return std::move(out_);
    auto failed = module_result::failure(done.why());
    failed.data = std::move(out_.data);
    return failed;
  }

private:
  file_system& files() const {
    return ctx_.machine.files();
  }

  result<void> check() {
    auto file = args_.has("file") ? args_.text("file") : name_;
    if (!is_one_line(name_) || name_.find(']') != std::string::npos
        || file.empty() || file.find('/') != std::string::npos
        || file.find('\0') != std::string::npos)
      return error{errc::invalid_argument,
                   "name and file must be names, of one line and without "
                   "slashes and brackets"};
    auto folder = path_argument(args_, "reposdir", ctx_);
    path_ = joined(folder, file + ".repo");
    if (!present_)
      return {};
    if (!args_.has("description"))
      return error{errc::missing_argument,
                   "a repository that shall be there needs a description"};
    if (!args_.has("baseurl") && !args_.has("mirrorlist")
        && !args_.has("metalink"))
      return error{errc::missing_argument,
                   "a repository needs one of baseurl, mirrorlist and "
                   "metalink"};
    auto there = files().status(folder, true);
    if (!there)
      return there.why();
    if (!*there)
      return error{errc::not_found,
                   fmt::format("the directory '{}' does not exist", folder)};
    return {};
  }

  /// What the section shall be.
  repo_section wanted() const {
    repo_section out{name_, {}};
    for (auto& each : repo_options()) {
      if (!args_.has(each.name))
        continue;
      auto* given = args_.find(each.name);
      auto lines = each.name == "baseurl" || each.name == "gpgkey";
      auto said = given->is_bool() ? std::string{given->as_bool() ? "1" : "0"}
                  : each.type == repo_words
                    ? fmt::format("{}", fmt::join(args_.texts(each.name),
                                                  lines ? "\n" : " "))
                    : args_.text(each.name);
      out.options.emplace_back(each.name, std::move(said));
    }
    out.options.emplace_back("name", args_.text("description"));
    std::sort(out.options.begin(), out.options.end());
    return out;
  }

  result<void> change() {
    auto edit = begin_edit(path_, ctx_);
    if (!edit)
      return edit.why();
    auto sections = read_repo_file(edit->before);
    if (!sections)
      return error{sections.why().code,
                   fmt::format("{}: {}", path_, sections.why().message)};
    auto at = std::find_if(sections->begin(), sections->end(),
                           [this](auto& x) { return x.name == name_; });
    auto old = at == sections->end() ? repo_section{} : *at;
    std::sort(old.options.begin(), old.options.end());
    auto next = present_ ? wanted() : repo_section{};
    if (old.options == next.options)
      return edit->is_there ? adjust(edit->path) : result<void>{};
    if (at != sections->end())
      sections->erase(at);
    if (present_)
      sections->push_back(std::move(next));
    return sections->empty() ? remove(*edit) : write(*sections, *edit);
  }

  result<void> adjust(const std::string& path) {
    auto attributes = read_file_arguments(args_, ctx_);
    if (!attributes)
      return attributes.why();
    auto status = files().status(path, false);
    if (!status)
      return status.why();
    if (!*status)
      return {};
    auto changed
      = apply_attributes(path, **status, *attributes, false, ctx_, out_);
    if (!changed)
      return changed.why();
    out_.changed = *changed;
    return {};
  }

  result<void> remove(const text_edit& edit) {
    out_.changed = true;
    if (ctx_.diff_mode) {
      dict diff;
      diff.set("before", value::from_host(edit.before));
      diff.set("after", "");
      diff.set("before_header", path_);
      diff.set("after_header", path_);
      out_.diff = std::move(diff);
    }
    foresee(ctx_, effect::removed, path_);
    return files().remove(edit.path);
  }

  result<void> write(const std::vector<repo_section>& sections,
                     const text_edit& edit) {
    auto request = read_content_arguments(args_, ctx_);
    if (!request)
      return request.why();
    auto content = write_repo_file(sections);
    request->dest = edit.path;
    request->content = content;
    auto written = write_content(*request, ctx_);
    if (written.failed)
      return error{written.why.value_or(errc::system), written.msg};
    out_.changed = true;
    out_.diff = std::move(written.diff);
    return {};
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string name_;
  bool present_;
  std::string path_;
  module_result out_;
};

class yum_repository final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "yum_repository",
      .summary = "Adds and removes places that yum and dnf take packages of.",
      .arguments = repo_arguments(),
      .resource = {"repository", {"name"}},
      .example
      = R"({"yum_repository": {"name": "example", "description": "Example", "baseurl": ["https://rpm.example.com/el9"], "gpgcheck": true}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return yum_repository_work{args, ctx}.run();
  }
};

const register_module yum_repository_registration{
  std::make_shared<yum_repository>()};

} // namespace

} // namespace troupe
