#include "modules/support/web/uri_work.hpp"

#include "config/language/language.hpp"
#include "config/value/json.hpp"
#include "modules/module.hpp"
#include "modules/support/files/file_content.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/prediction/predict.hpp"
#include "modules/support/web/web_address.hpp"
#include "modules/support/web/web_body.hpp"
#include "modules/support/web/web_client.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr size_t longest_kept = size_t{64} << 20;

redirect_rule rule_of(std::string_view word) {
  if (word == "all" || word == "yes")
    return redirect_rule::always;
  if (word == "no" || word == "none")
    return redirect_rule::never;
  return word == "safe" ? redirect_rule::safe : redirect_rule::posts;
}

/// One task of `uri`.
class uri_work {
public:
  uri_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, dest_{path_argument(args, "dest", ctx)} {
  }

  ~uri_work() {
    if (!save_as_.empty())
      static_cast<void>(ctx_.machine.files().remove(save_as_));
  }

  uri_work(const uri_work&) = delete;
  uri_work& operator=(const uri_work&) = delete;

  module_result run() {
    auto needed = is_needed();
    if (!needed)
      return module_result::failure(needed.why());
    if (!*needed)
      return std::move(out_);
    if (auto ready = prepare(); !ready)
      return module_result::failure(ready.why());
    if (ctx_.check_mode)
      return hold();
    return ask();
  }

private:
  result<bool> is_needed() {
    for (std::string name : {"creates", "removes"}) {
      if (!args_.has(name))
        continue;
      auto path = path_argument(args_, name, ctx_);
      auto there = ctx_.machine.files().status(path, true);
      if (!there)
        return there.why();
      auto wanted = name == "removes";
      if (there->has_value() == wanted)
        continue;
      auto said = fmt::format("skipped, since '{}' {}", path,
                              wanted ? "does not exist" : "exists");
      out_.data.set("stdout", said);
      out_.data.set("stdout_lines", list{said});
      return false;
    }
    return true;
  }

  /// Nobody knows what a server would answer.
  module_result hold() {
    out_.skipped = true;
    out_.msg = "nothing is asked in check mode";
    if (!dest_.empty())
      ctx_.predicted->claim(dest_);
    hold_back(out_, ctx_);
    return std::move(out_);
  }

  result<void> prepare() {
    auto terms = read_web_terms(args_, ctx_);
    if (!terms)
      return terms.why();
    terms_ = *std::move(terms);
    auto headers = read_headers(args_);
    if (!headers)
      return headers.why();
    request_.headers = *std::move(headers);
    request_.url = args_.text("url");
    if (auto fine = read_address(request_.url); !fine)
      return fine.why();
    for (auto c : args_.text("method"))
      request_.method
        += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    auto& method = request_.method;
    if (method.empty()
        || !std::all_of(method.begin(), method.end(),
                        [](char c) { return c >= 'A' && c <= 'Z'; }))
      return error{errc::invalid_argument,
                   fmt::format("'{}' cannot be a method: expected letters",
                               args_.text("method"))};
    request_.follow = rule_of(args_.text("follow_redirects"));
    return read_body();
  }

  result<void> read_body() {
    auto format = args_.text("body_format");
    if (args_.has("src")) {
      auto path = path_argument(args_, "src", ctx_);
      auto source = args_.flag("remote_src") ? result<std::string>{path}
                                             : find_source(path, "files", ctx_);
      if (!source)
        return source.why();
      put_body_file(request_, *source, format);
      return {};
    }
    auto* body = args_.find("body");
    if (body && !body->is_null())
      return put_body(request_, *body, format, ctx_);
    // These have one, be it empty.
    auto& method = request_.method;
    request_.has_body
      = method == "POST" || method == "PUT" || method == "PATCH";
    return {};
  }

  bool expects(int64_t status) const {
    auto& all = args_.find("status_code")->as_list();
    return std::any_of(all.begin(), all.end(),
                       [&](auto& x) { return x.to_int() == status; });
  }

  module_result ask() {
    if (!dest_.empty()) {
      save_as_ = ctx_.machine.files().unused_beside(
        joined(ctx_.temporary_directory, "uri"));
      request_.save_as = save_as_;
    }
    request_.use = [this](const http_head& head) {
      auto good = head.status >= 200 && head.status < 300;
      if (!dest_.empty() && good && expects(head.status))
        return body_use::save;
      return args_.flag("return_content") || !good || !expects(head.status)
                 || is_json_body(head.headers)
               ? body_use::keep
               : body_use::skip;
    };
    auto& clock = ctx_.machine.clock();
    auto start = clock.steady_now();
    auto answer = ask_web(request_, terms_, ctx_);
    auto elapsed = std::chrono::duration_cast<std::chrono::seconds>(
      clock.steady_now() - start);
    out_.data.set("elapsed", int64_t{elapsed.count()});
    out_.data.set("url", value::from_host(answer ? answer->url : request_.url));
    return answer ? report(*answer) : miss(answer.why());
  }

  /// There was no answer.
  module_result miss(const error& why) {
    out_.data.set("status", -1);
    out_.data.set("redirected", false);
    auto bearable = why.code == errc::network || why.code == errc::timeout;
    if (bearable && expects(-1) && !ctx_.stop.stop_requested()) {
      out_.msg = why.message;
      return std::move(out_);
    }
    auto failed = module_result::failure(
      why.code,
      fmt::format("Status code was -1 and not {}: {}",
                  to_display(*args_.find("status_code")), why.message));
    failed.data = std::move(out_.data);
    return failed;
  }

  void report_head(const web_answer& answer) {
    for (auto& [name, text] : answer.head.headers) {
      std::string key;
      for (auto c : name)
        key += c == '-'               ? '_'
               : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a')
                                      : c;
      auto* before = out_.data.find(key);
      auto all = before && key != "url" && key != "elapsed"
                   ? fmt::format("{}, {}", to_display(*before), text)
                   : text;
      out_.data.set(key, value::from_host(all));
    }
    auto asked = read_address(request_.url);
    auto* to = find_header(answer.head.headers, "Location");
    if (auto url = to && asked ? resolve_address(*asked, *to)
                               : result<std::string>{std::string{}};
        url && !url->empty())
      out_.data.set("location", value::from_host(*url));
    out_.data.set("status", int64_t{answer.head.status});
    out_.data.set("redirected", asked && answer.url != asked->text());
    out_.data.set("url",
                  value::from_host(answer.url == (asked ? asked->text() : "")
                                     ? request_.url
                                     : answer.url));
    if (!answer.good())
      return;
    dict cookies;
    std::string all;
    for (auto& [name, text] : answer.cookies) {
      cookies.set(name, value::from_host(text));
      all += fmt::format("{}{}={}", all.empty() ? "" : "; ", name, text);
    }
    out_.data.set("cookies", std::move(cookies));
    out_.data.set("cookies_string", value::from_host(std::move(all)));
  }

  module_result report(const web_answer& answer) {
    report_head(answer);
    out_.msg = answer.msg();
    auto expected = expects(answer.head.status);
    auto body = answer.body;
    if (answer.saved)
      if (auto written = write(answer, body); !written)
        return fail(written.why());
    auto text = value::from_host(text_of_body(body, answer.head.headers));
    auto returns = args_.flag("return_content");
    if (returns)
      out_.data.set("content", text);
    else if (!answer.good())
      out_.data.set("body", text);
    if (is_json_body(answer.head.headers))
      if (auto json = parse_json(body))
        out_.data.set("json", json->marked_unsafe());
    if (expected)
      return std::move(out_);
    return fail(
      {errc::network,
       fmt::format("Status code was {} and not {}: {}", answer.head.status,
                   to_display(*args_.find("status_code")), answer.msg())});
  }

  module_result fail(const error& why) {
    auto failed = module_result::failure(why);
    failed.data = std::move(out_.data);
    return failed;
  }

  /// Puts what was saved into its place, and reads it where it is returned.
  result<void> write(const web_answer& answer, std::string& body) {
    auto& files = ctx_.machine.files();
    if (args_.flag("return_content") || is_json_body(answer.head.headers)) {
      auto content = files.read(save_as_, longest_kept);
      if (!content)
        return content.why();
      body = *std::move(content);
    }
    auto there = files.status(dest_, true);
    if (!there)
      return there.why();
    if (*there && (*there)->kind == file_kind::directory) {
      auto name = name_in_headers(answer.head.headers);
      dest_ = joined(dest_, name.empty() ? name_in_address(answer.url) : name);
    }
    auto request = read_content_arguments(args_, ctx_);
    if (!request)
      return request.why();
    request->dest = dest_;
    request->source = save_as_;
    request->force = true;
    auto written = write_content(*request, ctx_);
    if (written.failed)
      return error{written.why.value_or(errc::system), written.msg};
    for (std::string_view name :
         {"uid", "gid", "owner", "group", "mode", "state", "size", "secontext"})
      if (auto* x = written.data.find(name))
        out_.data.set(name, *x);
    out_.data.set("path", dest_);
    out_.diff = std::move(written.diff);
    out_.changed = true;
    return {};
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string dest_;
  web_terms terms_;
  web_request request_{.method = ""};
  std::string save_as_;
  module_result out_;
};

} // namespace

module_result run_uri(const arguments& args, const module_context& ctx) {
  return uri_work{args, ctx}.run();
}

} // namespace troupe
