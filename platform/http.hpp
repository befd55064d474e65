#pragma once

#include "platform/certificates.hpp"
#include "platform/clock.hpp"
#include "platform/result.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

using http_headers = std::vector<std::pair<std::string, std::string>>;

/// The first header of that name in any case; null pointer when there is none.
const std::string* find_header(const http_headers& in, std::string_view name);

/// Whether two names of headers are one: case does not count.
bool is_header(std::string_view x, std::string_view y);

/// What a server says before the body of its answer.
struct http_head {
  unsigned status = 0;
  std::string reason;
  http_headers headers;
};

/// What becomes of the body of an answer.
enum class body_use : uint8_t {
  /// It is not read.
  skip,
  keep,
  /// It goes into a file.
  save,
};

/// With whom TLS is spoken.
struct https_terms {
  /// The server has to show a certificate for its name that one of the
  /// authorities (PEM) has signed.
  bool verify = true;
  std::string authorities;
  /// What this side shows of itself if it is asked; both empty: nothing.
  certified_key own;
};

/// One request over HTTP/1.1, on a connection of its own.
struct http_request {
  std::string method = "GET";
  /// What is asked for, as it is sent: "/path?query", or the whole address
  /// where a proxy is asked.
  std::string target = "/";
  bool encrypted = false;
  std::string host;
  uint16_t port = 80;
  /// All of them, but for the length of the body and what ends the connection.
  http_headers headers;
  std::string body;
  /// A file that is the body.
  std::string body_file;
  /// There is a body, be it empty.
  bool has_body = false;
  /// The path of a socket to speak with instead of `host`.
  std::string socket;
  /// Whom to ask instead; empty: the host itself.
  std::string proxy_host;
  uint16_t proxy_port = 0;
  /// For the proxy alone, where it passes an encrypted connection on.
  http_headers proxy_headers;
  https_terms terms;
  /// How long the other side may be silent.
  std::chrono::nanoseconds patience = std::chrono::seconds{30};
  wait_limit limit;
  /// Unpack a body that is packed with gzip.
  bool decompress = true;
  /// Asked when the head is there; empty: all bodies are kept.
  std::function<body_use(const http_head&)> use;
  /// Bytes of a body that may be kept; a longer one is an error (`exhausted`).
  size_t keep_at_most = size_t{64} << 20;
  /// The file to make for a body that is saved; nothing is there yet. Who asks
  /// removes it, also after a failure.
  std::string save_as;
};

struct http_answer {
  http_head head;
  std::string body;
  /// The body is in the file `save_as`.
  bool saved = false;
};

/// The bytes of one answer, taken as they come. Heads are bounded: 64 KiB
/// with all that precedes a final answer.
class http_reader {
public:
  using taker = std::function<result<void>(std::string_view)>;

  /// `bodiless`: whatever its head says, the answer has none.
  explicit http_reader(bool bodiless) : bodiless_{bodiless} {
  }

  /// Gives what is of the body to `take`, whose error ends it. What follows
  /// the answer is not looked at. Class `network` when it is no HTTP.
  result<void> feed(std::string_view bytes, const taker& take);

  /// The other side has closed the connection: an error unless the answer is
  /// complete by that.
  result<void> finish();

  bool has_head() const {
    return phase_ != phase::head;
  }

  bool done() const {
    return phase_ == phase::done;
  }

  const http_head& head() const {
    return head_;
  }

private:
  enum class phase : uint8_t {
    head,
    counted,
    until_close,
    chunk_size,
    chunk,
    chunk_end,
    trailer,
    done,
  };

  result<bool> take_line(std::string_view& bytes);
  result<void> take_head_line();
  result<void> end_head();
  result<void> take_body(std::string_view& bytes, const taker& take);
  result<void> take_chunk_line();

  bool bodiless_;
  phase phase_ = phase::head;
  http_head head_;
  std::string line_;
  size_t head_bytes_ = 0;
  uint64_t left_ = 0;
};

} // namespace troupe
