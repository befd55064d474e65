#pragma once

#include "modules/module.hpp"
#include "platform/http.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// When an answer that sends elsewhere is followed.
enum class redirect_rule : uint8_t {
  never,
  /// What only asks: GET and HEAD.
  safe,
  always,
  /// As `safe`, and what is posted, but for 307 and 308; what is asked for then
  /// is asked with GET.
  posts,
};

/// What a task says about its requests besides what it asks for.
struct web_terms {
  std::string agent;
  bool force = false;
  bool use_proxy = true;
  bool verify = true;
  std::optional<std::string> user;
  std::string password;
  /// Say who asks before the server wants to know.
  bool force_basic_auth = false;
  bool use_netrc = true;
  bool decompress = true;
  std::string client_certificate;
  std::string client_key;
  /// The file with authorities; empty: the host's own.
  std::string authorities;
  std::string socket;
  std::vector<std::string> unredirected;
  std::chrono::nanoseconds patience = std::chrono::seconds{10};
};

struct web_request {
  std::string url;
  std::string method = "GET";
  http_headers headers;
  std::string body;
  std::string body_file;
  bool has_body = false;
  redirect_rule follow = redirect_rule::posts;
  std::function<body_use(const http_head&)> use = {};
  std::string save_as = {};
};

struct web_answer {
  /// Where the answer came from in the end.
  std::string url;
  http_head head;
  std::string body;
  bool saved = false;
  /// Names and values, as they were set; those of the last host.
  std::vector<std::pair<std::string, std::string>> cookies;

  /// As Python words it: "OK (6 bytes)", "HTTP Error 404: Not Found".
  std::string msg() const;
  bool good() const {
    return head.status >= 200 && head.status < 300;
  }
};

/// The arguments that modules have in common that ask a web server.
std::vector<argument> with_web_arguments(std::vector<argument> own);

/// Reads them.
result<web_terms> read_web_terms(const arguments& args,
                                 const module_context& ctx);

/// Headers as a task gives them: a dict of texts. Line ends in them are an
/// error.
result<http_headers> read_headers(const arguments& args);

/// The same of their value; what is no dict has none.
result<http_headers> headers_of(const value& given);

/// Asks, follows where it is sent to, and says who asks when it has to: at
/// most ten times.
result<web_answer> ask_web(const web_request& request, const web_terms& terms,
                           const module_context& ctx);

/// Adds a header unless one of that name is there.
void add_header(http_headers& to, std::string_view name, std::string text);

} // namespace troupe
