#include "platform/posix/gunzip.hpp"

#include <zlib.h>

#include <vector>

namespace troupe {

namespace {

// A window of 32 KiB, and a head of gzip.
constexpr int gzip_window = 15 + 16;

error damaged_gzip() {
  return {errc::network, "the body of the answer is damaged: it is no gzip"};
}

} // namespace

struct gunzip::state {
  z_stream stream{};
  bool ready = false;
  bool ended = false;
  bool begun = false;
  std::vector<char> out = std::vector<char>(size_t{64} << 10);
};

gunzip::gunzip() : state_{std::make_unique<state>()} {
  state_->ready = inflateInit2(&state_->stream, gzip_window) == Z_OK;
}

gunzip::~gunzip() {
  if (state_->ready)
    inflateEnd(&state_->stream);
}

result<void>
gunzip::feed(std::string_view bytes,
             const std::function<result<void>(std::string_view)>& take) {
  auto& x = *state_;
  if (!x.ready)
    return error{errc::exhausted, "no memory to unpack the answer"};
  x.begun = x.begun || !bytes.empty();
  auto& to = x.stream;
  to.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
  to.avail_in = static_cast<uInt>(bytes.size());
  do {
    // Another one may follow the first.
    if (x.ended && to.avail_in > 0) {
      inflateReset(&to);
      x.ended = false;
    }
    to.next_out = reinterpret_cast<Bytef*>(x.out.data());
    to.avail_out = static_cast<uInt>(x.out.size());
    auto code = inflate(&to, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
      return damaged_gzip();
    x.ended = x.ended || code == Z_STREAM_END;
    auto made = x.out.size() - to.avail_out;
    if (made > 0)
      if (auto ok = take({x.out.data(), made}); !ok)
        return ok;
  } while (to.avail_out == 0 || (x.ended && to.avail_in > 0));
  return {};
}

result<void> gunzip::finish() const {
  if (state_->begun && !state_->ended)
    return damaged_gzip();
  return {};
}

} // namespace troupe
