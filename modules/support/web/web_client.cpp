#include "modules/support/web/web_client.hpp"

#include "config/value/base64.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/web/web_address.hpp"
#include "modules/support/web/web_ways.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr unsigned most_steps = 10;
constexpr size_t longest_certificates = size_t{16} << 20;

std::string basic(std::string_view user, std::string_view password) {
  return "Basic " + encode_base64(fmt::format("{}:{}", user, password));
}

bool asks_only(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

bool is_redirect(unsigned status) {
  return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

void remove_headers(http_headers& from, const std::vector<std::string>& names) {
  std::erase_if(from, [&names](auto& each) {
    return std::any_of(names.begin(), names.end(), [&each](auto& name) {
      return is_header(each.first, name);
    });
  });
}

/// One call of `ask_web`.
class web_walk {
public:
  web_walk(const web_request& request, const web_terms& terms,
           const module_context& ctx)
      : in_{request}, terms_{terms}, ctx_{ctx}, headers_{request.headers} {
    next_.method = request.method;
    next_.body = request.body;
    next_.body_file = request.body_file;
    next_.has_body = request.has_body;
  }

  result<web_answer> run() {
    auto ok = go_to(in_.url);
    if (ok)
      ok = read_certificates();
    if (!ok)
      return ok.why();
    prepare();
    for (unsigned steps = 0;; ++steps) {
      auto answer = ask();
      if (!answer)
        return told(answer.why());
      note_cookies(answer->head);
      auto more = follow(answer->head, steps);
      if (!more)
        return more.why();
      if (!*more)
        return finish(*std::move(answer));
    }
  }

private:
  error told(error why) const {
    if (why.code != errc::cancelled)
      why.message
        = fmt::format("Request failed: {}: {}", at_.text(), why.message);
    return why;
  }

  result<void> go_to(const std::string& url) {
    auto address = read_address(url);
    if (!address)
      return address.why();
    at_ = *std::move(address);
    return {};
  }

  result<void> read_certificates() {
    auto read = [this](const std::string& path, std::string& to) {
      auto text = ctx_.machine.files().read(path, longest_certificates);
      if (!text)
        return result<void>{text.why()};
      to = *std::move(text);
      return result<void>{};
    };
    auto& own = next_.terms.own;
    result<void> ok;
    if (!terms_.client_certificate.empty()) {
      ok = read(terms_.client_certificate, own.certificate);
      if (ok && !terms_.client_key.empty())
        ok = read(terms_.client_key, own.secret);
      else
        own.secret = own.certificate;
    }
    if (ok && !terms_.authorities.empty() && terms_.verify)
      ok = read(terms_.authorities, next_.terms.authorities);
    return ok;
  }

  /// What does not change from one step to the next.
  void prepare() {
    add_header(headers_, "User-Agent", terms_.agent);
    add_header(headers_, "Accept-Encoding", "identity");
    if (terms_.force)
      add_header(headers_, "Cache-Control", "no-cache");
    user_ = terms_.user ? terms_.user : at_.user;
    password_ = terms_.user ? terms_.password : at_.password.value_or("");
    if (user_ && terms_.force_basic_auth)
      say_who();
    else if (!user_ && terms_.use_netrc)
      if (auto known = netrc_entry(at_.host, ctx_)) {
        user_ = known->first;
        password_ = known->second;
        say_who();
      }
    next_.terms.verify = terms_.verify;
    next_.patience = terms_.patience;
    next_.limit = ctx_.limit();
    next_.decompress = terms_.decompress;
    next_.use = in_.use;
    next_.save_as = in_.save_as;
    next_.socket = terms_.socket;
  }

  void say_who() {
    add_header(headers_, "Authorization", basic(*user_, password_));
    said_who_ = true;
  }

  result<http_answer> ask() {
    next_.encrypted = at_.encrypted;
    next_.host = at_.host;
    next_.port = at_.port;
    next_.target = at_.target;
    next_.headers = headers_;
    add_header(next_.headers, "Host", at_.place());
    std::string cookies;
    for (auto& [name, text] : cookies_)
      cookies
        += fmt::format("{}{}={}", cookies.empty() ? "" : "; ", name, text);
    if (!cookies.empty())
      add_header(next_.headers, "Cookie", cookies);
    if (auto ok = choose_way(); !ok)
      return ok.why();
    if (at_.encrypted && terms_.verify && next_.terms.authorities.empty())
      next_.terms.authorities = host_authorities(ctx_);
    return ctx_.machine.network().exchange(next_);
  }

  /// Straight to the host, or through a proxy.
  result<void> choose_way() {
    next_.proxy_host.clear();
    next_.proxy_headers.clear();
    if (!terms_.use_proxy || !terms_.socket.empty())
      return {};
    auto proxy = proxy_for(at_, ctx_);
    if (!proxy)
      return proxy.why();
    if (!*proxy)
      return {};
    next_.proxy_host = (*proxy)->host;
    next_.proxy_port = (*proxy)->port;
    http_headers who;
    if ((*proxy)->user)
      who.emplace_back("Proxy-Authorization",
                       basic(*(*proxy)->user, (*proxy)->password.value_or("")));
    if (at_.encrypted) {
      next_.proxy_headers = std::move(who);
      return {};
    }
    next_.target = at_.text();
    next_.headers.insert(next_.headers.end(), who.begin(), who.end());
    return {};
  }

  /// Whether there is another step, which then is prepared.
  result<bool> follow(const http_head& head, unsigned steps) {
    if (head.status == 401 && user_ && !said_who_
        && !find_header(headers_, "Authorization")) {
      auto* wants = find_header(head.headers, "WWW-Authenticate");
      if (!wants || wants->size() < 5
          || !is_header(wants->substr(0, 5), "basic"))
        return false;
      say_who();
      return true;
    }
    auto* to = find_header(head.headers, "Location");
    if (!is_redirect(head.status) || !to || !allows(head.status))
      return false;
    if (steps >= most_steps)
      return error{errc::network,
                   fmt::format("Request failed: {}: more than {} redirections",
                               in_.url, most_steps)};
    auto url = resolve_address(at_, *to);
    if (!url)
      return url.why();
    auto from = at_;
    if (auto ok = go_to(*url); !ok)
      return ok.why();
    change_for(head.status, from);
    return true;
  }

  bool allows(unsigned status) const {
    switch (in_.follow) {
    case redirect_rule::never:
      return false;
    case redirect_rule::always:
      return true;
    case redirect_rule::safe:
      return asks_only(next_.method);
    case redirect_rule::posts:
      return asks_only(next_.method)
             || (next_.method == "POST" && status < 307);
    }
    return false;
  }

  /// The request as it is to be sent to where an answer has sent to.
  void change_for(unsigned status, const web_address& from) {
    remove_headers(headers_, terms_.unredirected);
    if (status < 307) {
      remove_headers(headers_,
                     {"Content-Length", "Content-Type", "Transfer-Encoding"});
      next_.body.clear();
      next_.body_file.clear();
      next_.has_body = false;
    }
    if ((status == 303 || status == 302) && next_.method != "HEAD")
      next_.method = "GET";
    if ((status == 301 && next_.method == "POST")
        || in_.follow == redirect_rule::posts)
      next_.method = "GET";
    // These have a body, be it empty.
    next_.has_body = next_.has_body || next_.method == "POST"
                     || next_.method == "PUT" || next_.method == "PATCH";
    if (from.host == at_.host && from.port == at_.port
        && from.encrypted == at_.encrypted)
      return;
    // What was for the one server is not for the other.
    remove_headers(headers_, {"Authorization", "Cookie", "Host"});
    cookies_.clear();
    user_.reset();
    said_who_ = false;
  }

  void note_cookies(const http_head& head) {
    for (auto& [key, text] : head.headers) {
      if (!is_header(key, "Set-Cookie"))
        continue;
      auto pair = text.substr(0, text.find(';'));
      auto mark = pair.find('=');
      if (mark == std::string::npos || mark == 0)
        continue;
      auto name = pair.substr(0, mark);
      auto at = std::find_if(cookies_.begin(), cookies_.end(),
                             [&name](auto& x) { return x.first == name; });
      if (at != cookies_.end())
        at->second = pair.substr(mark + 1);
      else
        cookies_.emplace_back(name, pair.substr(mark + 1));
    }
  }

  web_answer finish(http_answer answer) {
    web_answer out;
    out.url = at_.text();
    out.head = std::move(answer.head);
    out.body = std::move(answer.body);
    out.saved = answer.saved;
    out.cookies = std::move(cookies_);
    return out;
  }

  const web_request& in_;
  const web_terms& terms_;
  const module_context& ctx_;
  http_headers headers_;
  http_request next_;
  web_address at_;
  std::optional<std::string> user_;
  std::string password_;
  bool said_who_ = false;
  std::vector<std::pair<std::string, std::string>> cookies_;
};

} // namespace

result<web_answer> ask_web(const web_request& request, const web_terms& terms,
                           const module_context& ctx) {
  return web_walk{request, terms, ctx}.run();
}

} // namespace troupe
