#include "platform/posix/http_exchange.hpp"

#include "platform/new_file.hpp"
#include "platform/posix/gunzip.hpp"
#include "platform/posix/socket.hpp"
#include "platform/posix/web_line.hpp"
#include "platform/source_file.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>

namespace troupe {

namespace {

using web_clock = std::chrono::steady_clock;

void append_headers(std::string& to, const http_headers& headers) {
  for (auto& [name, text] : headers)
    to.append(name).append(": ").append(text).append("\r\n");
}

/// One call of `exchange_http`.
class web_exchange {
public:
  explicit web_exchange(const http_request& request) : in_{request} {
  }

  result<http_answer> run(const connector& connect) {
    auto fd = open(connect);
    if (!fd)
      return fd.why();
    web_line line{*std::move(fd), in_};
    auto ok = in_.encrypted && !in_.proxy_host.empty() ? pass_proxy(line)
                                                       : result<void>{};
    if (ok && in_.encrypted)
      ok = line.begin_tls();
    if (ok)
      ok = ask(line);
    if (ok)
      ok = listen(line);
    if (!ok)
      return ok.why();
    return std::move(out_);
  }

private:
  result<descriptor> open(const connector& connect) const {
    auto limit = in_.limit.at_most(later(web_clock::now(), in_.patience));
    if (!in_.socket.empty()) {
      auto address = address_of_path(in_.socket);
      if (!address)
        return address.why();
      return connect_to(*address, limit);
    }
    return in_.proxy_host.empty()
             ? connect(in_.host, in_.port, limit)
             : connect(in_.proxy_host, in_.proxy_port, limit);
  }

  /// Has a proxy connect to the host.
  result<void> pass_proxy(web_line& line) const {
    auto host = in_.host.find(':') == std::string::npos
                  ? in_.host
                  : fmt::format("[{}]", in_.host);
    auto head = fmt::format("CONNECT {0}:{1} HTTP/1.1\r\nHost: {0}:{1}\r\n",
                            host, in_.port);
    append_headers(head, in_.proxy_headers);
    head += "\r\n";
    if (auto ok = line.send(head); !ok)
      return ok;
    http_reader reader{true};
    while (!reader.has_head()) {
      std::string bytes;
      auto more = line.receive(bytes);
      auto ok = more ? reader.feed(bytes, {}) : result<void>{more.why()};
      if (ok && !*more)
        ok = reader.finish();
      if (!ok)
        return ok;
    }
    auto& said = reader.head();
    if (said.status / 100 == 2)
      return {};
    return error{errc::network, fmt::format("the proxy refuses: {} {}",
                                            said.status, said.reason)};
  }

  result<void> ask(web_line& line) {
    auto head = fmt::format("{} {} HTTP/1.1\r\n", in_.method, in_.target);
    append_headers(head, in_.headers);
    std::optional<source_file> file;
    if (!in_.body_file.empty()) {
      auto opened = source_file::open(in_.body_file);
      if (!opened)
        return opened.why();
      file.emplace(*std::move(opened));
    }
    if (file || in_.has_body)
      head += fmt::format("Content-Length: {}\r\n",
                          file ? file->size() : in_.body.size());
    head += "Connection: close\r\n\r\n";
    head += in_.body;
    auto ok = line.send(head);
    if (ok && file)
      ok = file->read_all(
        [&line](std::string_view part) { return line.send(part); });
    // A server may say why it reads no more.
    if (!ok && ok.why().code == errc::network) {
      not_sent_ = ok.why();
      return {};
    }
    return ok;
  }

  result<void> listen(web_line& line) {
    http_reader reader{in_.method == "HEAD"};
    auto take
      = [this, &reader](std::string_view part) { return unpack(part, reader); };
    auto ok = listen_to(line, reader, take);
    if (!ok)
      return not_sent_ && !reader.has_head() ? result<void>{*not_sent_} : ok;
    if (auto used = decide(reader); !used)
      return used;
    if (packed_ && use_ != body_use::skip)
      ok = packed_->finish();
    if (ok && file_)
      ok = file_->close(0600);
    return ok;
  }

  result<void> listen_to(web_line& line, http_reader& reader,
                         const http_reader::taker& take) {
    while (!reader.done()) {
      std::string bytes;
      auto more = line.receive(bytes);
      // A body that is counted is complete whatever comes after it.
      if (!more)
        return more.why();
      auto ok
        = *more || !bytes.empty() ? reader.feed(bytes, take) : reader.finish();
      if (ok && reader.has_head())
        ok = decide(reader);
      if (!ok || (decided_ && use_ == body_use::skip))
        return ok;
    }
    return {};
  }

  /// When the head is there: what becomes of the body.
  result<void> decide(const http_reader& reader) {
    if (std::exchange(decided_, true))
      return {};
    out_.head = reader.head();
    use_ = in_.use ? in_.use(out_.head) : body_use::keep;
    auto* coding = find_header(out_.head.headers, "content-encoding");
    if (coding && in_.decompress && is_header(*coding, "gzip"))
      packed_ = std::make_unique<gunzip>();
    if (use_ != body_use::save)
      return {};
    auto made = new_file::create(in_.save_as, 0600);
    if (!made)
      return made.why();
    file_ = std::make_unique<new_file>(*std::move(made));
    out_.saved = true;
    return {};
  }

  result<void> unpack(std::string_view part, const http_reader& reader) {
    if (auto ok = decide(reader); !ok)
      return ok;
    if (use_ == body_use::skip)
      return {};
    if (!packed_)
      return store(part);
    return packed_->feed(
      part, [this](std::string_view plain) { return store(plain); });
  }

  result<void> store(std::string_view part) {
    if (file_)
      return file_->write(part);
    if (part.size() > in_.keep_at_most - out_.body.size())
      return error{errc::exhausted,
                   fmt::format("the body of the answer is longer than {} bytes",
                               in_.keep_at_most)};
    out_.body += part;
    return {};
  }

  const http_request& in_;
  http_answer out_;
  std::optional<error> not_sent_;
  bool decided_ = false;
  body_use use_ = body_use::keep;
  std::unique_ptr<gunzip> packed_;
  std::unique_ptr<new_file> file_;
};

} // namespace

result<http_answer> exchange_http(const http_request& request,
                                  const connector& connect) {
  return web_exchange{request}.run(connect);
}

} // namespace troupe
