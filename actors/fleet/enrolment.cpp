#include "actors/fleet/enrolment.hpp"

#include "actors/link/tls_carrier.hpp"
#include "platform/crypto.hpp"

#include <condition_variable>
#include <mutex>

namespace troupe {

namespace {

constexpr std::string_view token_mark = "tp1.";
constexpr size_t secret_digits = 64;
constexpr size_t head = 4;
constexpr size_t pem_line = 64;
constexpr std::string_view pem_begin = "-----BEGIN CERTIFICATE-----\n";
constexpr std::string_view pem_end = "-----END CERTIFICATE-----\n";
constexpr std::chrono::seconds join_patience{20};

std::string length_of(size_t n) {
  std::string out;
  for (unsigned i = 0; i < head; ++i)
    out += static_cast<char>((n >> (8 * i)) & 0xFF);
  return out;
}

/// The bytes behind a length; nothing while there are too few.
result<std::optional<std::string_view>> framed(std::string_view bytes) {
  size_t length = 0;
  for (size_t i = 0; i < head && i < bytes.size(); ++i)
    length |= size_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  if (bytes.size() < head)
    return std::optional<std::string_view>{};
  if (length > join_most)
    return error{errc::invalid_argument, "longer than it may be"};
  if (bytes.size() > head + length)
    return error{errc::invalid_argument, "something follows"};
  if (bytes.size() < head + length)
    return std::optional<std::string_view>{};
  return std::optional{bytes.substr(head)};
}

} // namespace

std::string write_token(const token_text& token) {
  std::string body;
  std::string_view pem = token.authority;
  auto from = pem.find(pem_begin) + pem_begin.size();
  for (auto c : pem.substr(from, pem.find(pem_end) - from))
    if (c != '\n' && c != '\r')
      body += c;
  return std::string{token_mark} + token.secret + "." + body;
}

result<token_text> read_token(std::string_view text) {
  auto wrong = [] {
    return error{errc::invalid_argument,
                 "this is no token of 'troupe controller token'"};
  };
  while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
    text.remove_suffix(1);
  if (text.size() > join_most || !text.starts_with(token_mark))
    return wrong();
  text.remove_prefix(token_mark.size());
  token_text out{std::string{text.substr(0, secret_digits)}, {}};
  if (!from_hex(out.secret) || out.secret.size() != secret_digits
      || text.size() < secret_digits + 2 || text[secret_digits] != '.')
    return wrong();
  text.remove_prefix(secret_digits + 1);
  out.authority = pem_begin;
  for (size_t at = 0; at < text.size(); at += pem_line)
    out.authority += std::string{text.substr(at, pem_line)} + "\n";
  out.authority += pem_end;
  if (auto facts = read_certificate(out.authority); !facts || !facts->authority)
    return wrong();
  return out;
}

std::string token_digest(std::string_view secret) {
  sha256 sum;
  sum.update(secret);
  return to_hex(sum.finish());
}

std::string write_join(const join_request& what) {
  auto body = what.secret + what.name + "\n" + what.request;
  return length_of(body.size()) + body;
}

result<std::optional<join_request>> read_join(std::string_view bytes) {
  auto body = framed(bytes);
  if (!body)
    return body.why();
  if (!*body)
    return std::optional<join_request>{};
  auto rest = **body;
  auto line = rest.find('\n');
  if (rest.size() < secret_digits || line == std::string_view::npos
      || line < secret_digits)
    return error{errc::invalid_argument, "no request to join"};
  return std::optional{
    join_request{std::string{rest.substr(0, secret_digits)},
                 std::string{rest.substr(secret_digits, line - secret_digits)},
                 std::string{rest.substr(line + 1)}}};
}

std::string write_answer(const join_answer& what) {
  return length_of(what.text.size() + 1) + static_cast<char>(what.how)
         + what.text;
}

result<std::optional<join_answer>> read_answer(std::string_view bytes) {
  auto body = framed(bytes);
  if (!body)
    return body.why();
  if (!*body)
    return std::optional<join_answer>{};
  join_answer out;
  auto mark = (*body)->empty() ? '\0' : (*body)->front();
  if (mark != '+' && mark != '?' && mark != '-')
    return error{errc::invalid_argument, "no answer to a request to join"};
  out.how = static_cast<join_outcome>(mark);
  out.text = (*body)->substr(1);
  return std::optional{std::move(out)};
}

result<join_answer> ask_to_join(transport& net, const endpoint& to,
                                const token_text& token,
                                const join_request& request) {
  auto context = make_tls(tls_side::dials, {{}, token.authority});
  if (!context)
    return context.why();
  // Shared with calls that may still be under way when this one has returned.
  struct waiting {
    std::mutex mutex;
    std::condition_variable changed;
    bool opened = false;
    std::string came;
    std::optional<result<join_answer>> answer;
  };
  auto state = std::make_shared<waiting>();
  auto end = [state](result<join_answer> how) {
    std::lock_guard held{state->mutex};
    if (!state->answer)
      state->answer = std::move(how);
    state->changed.notify_all();
  };
  auto line
    = net.dial(to, *context,
               {.opened =
                  [state, end](const tls_peer& peer) {
                    if (!is_controller(peer))
                      return end(error{errc::permission_denied,
                                       "who answered is no controller"});
                    std::lock_guard held{state->mutex};
                    state->opened = true;
                    state->changed.notify_all();
                  },
                .came =
                  [state, end](const std::string& bytes) {
                    std::unique_lock held{state->mutex};
                    state->came += bytes;
                    auto read = read_answer(state->came);
                    held.unlock();
                    if (!read)
                      end(read.why());
                    else if (*read)
                      end(std::move(**read));
                  },
                .took = {},
                .gone = [end](const error& why) { end(why); }});
  std::unique_lock held{state->mutex};
  auto until = std::chrono::steady_clock::now() + join_patience;
  auto told = [&] { return state->opened || state->answer; };
  if (state->changed.wait_until(held, until, told) && !state->answer) {
    held.unlock();
    line->write(write_join(request));
    line->read();
    held.lock();
    state->changed.wait_until(held, until, [&] { return !!state->answer; });
  }
  auto answer = std::move(state->answer);
  held.unlock();
  line->hang_up();
  if (!answer)
    return error{errc::timeout, "the controller did not answer in time"};
  return std::move(*answer);
}

} // namespace troupe
