#include "modules/support/web/get_url_work.hpp"

#include "modules/support/arguments/times.hpp"
#include "modules/support/files/file_content.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/web/web_address.hpp"
#include "modules/support/web/web_body.hpp"
#include "modules/support/web/web_checksum.hpp"
#include "modules/support/web/web_client.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// One task of `get_url`.
class get_url_work {
public:
  get_url_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, url_{args.text("url")}, dest_{path_argument(
                                                          args, "dest", ctx)} {
  }

  ~get_url_work() {
    if (!loaded_.empty())
      static_cast<void>(files().remove(loaded_));
  }

  get_url_work(const get_url_work&) = delete;
  get_url_work& operator=(const get_url_work&) = delete;

  module_result run() {
    out_.data.set("url", url_);
    out_.data.set("dest", dest_);
    out_.data.set("elapsed", 0);
    out_.data.set("checksum_src", value{});
    out_.data.set("checksum_dest", value{});
    auto go_on = prepare();
    if (go_on && *go_on)
      go_on = load();
    result<void> done;
    if (go_on && *go_on)
      done = put();
    if (!go_on || !done)
      return fail(go_on ? done.why() : go_on.why());
    return std::move(out_);
  }

private:
  file_system& files() const {
    return ctx_.machine.files();
  }

  module_result fail(const error& why) {
    auto failed = module_result::failure(why);
    failed.data = std::move(out_.data);
    return failed;
  }

  /// Whether the file has to be loaded at all.
  result<bool> prepare() {
    auto terms = read_web_terms(args_, ctx_);
    if (!terms)
      return terms.why();
    terms_ = *std::move(terms);
    auto headers = read_headers(args_);
    if (!headers)
      return headers.why();
    headers_ = *std::move(headers);
    auto request = read_content_arguments(args_, ctx_);
    if (!request)
      return request.why();
    content_ = *std::move(request);
    content_.force = true;
    if (auto chosen = choose_folder(); !chosen)
      return chosen.why();
    auto checksum
      = read_checksum(args_.text("checksum"), url_, terms_, headers_, ctx_);
    if (!checksum)
      return checksum.why();
    wanted_ = *std::move(checksum);
    return look();
  }

  /// Where it is loaded first.
  result<void> choose_folder() {
    folder_ = path_argument(args_, "tmp_dest", ctx_);
    if (folder_.empty()) {
      folder_ = ctx_.temporary_directory;
      return {};
    }
    auto there = files().status(folder_, true);
    if (!there)
      return there.why();
    if (*there && (*there)->kind == file_kind::directory) {
      // What is only predicted is not to be made there.
      if (ctx_.check_mode)
        folder_ = ctx_.temporary_directory;
      return {};
    }
    return error{*there ? errc::invalid_argument : errc::not_found,
                 fmt::format("tmp_dest '{}' {}", folder_,
                             *there ? "is not a directory" : "does not exist")};
  }

  result<bool> look() {
    auto there = files().status(dest_, true);
    if (!there)
      return there.why();
    is_folder_ = *there && (*there)->kind == file_kind::directory;
    if (dest_.ends_with('/') && !is_folder_)
      return error{errc::not_found,
                   fmt::format("the directory '{}' does not exist", dest_)};
    if (!*there || is_folder_)
      return true;
    if (!wanted_.algorithm.empty() && !terms_.force) {
      auto digest = files().digest(dest_, wanted_.algorithm);
      if (!digest)
        return digest.why();
      if (*digest == wanted_.digest)
        return keep(**there);
      terms_.force = true;
    }
    modified_ = (*there)->modified_at.seconds;
    return true;
  }

  /// The file is the right one: only the attributes may differ.
  result<bool> keep(const file_status& status) {
    auto changed
      = apply_attributes(dest_, status, content_.attributes, true, ctx_, out_);
    if (!changed)
      return changed.why();
    out_.changed = *changed;
    out_.msg = *changed ? "file already exists but file attributes changed"
                        : "file already exists";
    add_path_info(out_, dest_, ctx_);
    return false;
  }

  /// Whether there is something new to put in its place.
  result<bool> load() {
    if (url_.starts_with("file://"))
      return take_local();
    web_request request;
    request.url = url_;
    request.headers = headers_;
    if (modified_ && !terms_.force)
      add_header(request.headers, "If-Modified-Since",
                 utc_time(std::chrono::system_clock::from_time_t(*modified_),
                          "%a, %d %b %Y %H:%M:%S GMT"));
    loaded_ = files().unused_beside(joined(folder_, "get_url"));
    request.save_as = loaded_;
    request.use = [](const http_head& head) {
      return head.status == 200 ? body_use::save : body_use::skip;
    };
    auto start = ctx_.machine.clock().steady_now();
    auto answer = ask_web(request, terms_, ctx_);
    auto elapsed = std::chrono::duration_cast<std::chrono::seconds>(
      ctx_.machine.clock().steady_now() - start);
    out_.data.set("elapsed", int64_t{elapsed.count()});
    if (!answer)
      return answer.why();
    out_.data.set("status_code", int64_t{answer->head.status});
    out_.msg = answer->msg();
    if (answer->head.status == 304)
      return stay();
    if (answer->head.status != 200) {
      out_.data.set("response", value::from_host(answer->msg()));
      return error{errc::network,
                   fmt::format("Request failed: {}: {}", url_, answer->msg())};
    }
    if (is_folder_) {
      auto name = name_in_headers(answer->head.headers);
      dest_ = joined(dest_, name.empty() ? name_in_address(answer->url) : name);
    }
    return true;
  }

  /// The server has nothing newer.
  result<bool> stay() {
    out_.data.set("checksum_src", value{});
    add_path_info(out_, dest_, ctx_);
    return false;
  }

  result<bool> take_local() {
    local_ = without_escapes(std::string_view{url_}.substr(7));
    auto there
      = local_.starts_with('/')
          ? files().status(local_, true)
          : error{errc::invalid_argument,
                  fmt::format("'{}' names no file of this host", url_)};
    if (!there)
      return there.why();
    if (!*there)
      return error{errc::not_found, fmt::format("'{}' does not exist", local_)};
    out_.msg = fmt::format("OK ({} bytes)", (*there)->size);
    out_.data.set("status_code", value{});
    if (is_folder_)
      dest_ = joined(dest_, base_name(local_));
    return true;
  }

  /// What was loaded gets its place, if it is right and differs from what is
  /// there.
  result<void> put() {
    auto& from = local_.empty() ? loaded_ : local_;
    out_.data.set("dest", dest_);
    out_.data.set("src", from);
    auto sum = files().digest(from, "sha1");
    if (!sum)
      return sum.why();
    out_.data.set("checksum_src", *sum);
    auto there = files().status(dest_, true);
    if (!there)
      return there.why();
    if (*there)
      if (auto old = files().digest(dest_, "sha1"))
        out_.data.set("checksum_dest", *old);
    if (auto fits = check(from); !fits)
      return fits;
    content_.dest = dest_;
    content_.source = from;
    content_.diff_name = url_;
    auto written = write_content(content_, ctx_);
    if (written.failed)
      return error{written.why.value_or(errc::system), written.msg};
    out_.changed = written.changed;
    out_.diff = std::move(written.diff);
    for (std::string_view name : {"uid", "gid", "owner", "group", "mode",
                                  "state", "size", "secontext", "backup_file"})
      if (auto* x = written.data.find(name))
        out_.data.set(name, *x);
    if (auto md5 = files().digest(from, "md5"))
      out_.data.set("md5sum", *md5);
    return {};
  }

  result<void> check(const std::string& path) const {
    if (wanted_.algorithm.empty())
      return {};
    auto digest = files().digest(path, wanted_.algorithm);
    if (!digest)
      return digest.why();
    if (*digest == wanted_.digest)
      return {};
    return error{errc::invalid_argument,
                 fmt::format("the {} of '{}' is {}, not {}", wanted_.algorithm,
                             url_, *digest, wanted_.digest)};
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string url_;
  std::string dest_;
  web_terms terms_;
  http_headers headers_;
  content_request content_;
  wanted_checksum wanted_;
  std::string folder_;
  bool is_folder_ = false;
  std::optional<int64_t> modified_;
  // What was loaded, or the file of this host that the address names.
  std::string loaded_;
  std::string local_;
  module_result out_;
};

} // namespace

module_result run_get_url(const arguments& args, const module_context& ctx) {
  return get_url_work{args, ctx}.run();
}

} // namespace troupe
