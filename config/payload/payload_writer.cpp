#include "config/payload/payload_writer.hpp"

#include "config/payload/member_name.hpp"
#include "config/payload/trailer.hpp"
#include "config/value/json.hpp"
#include "platform/crypto.hpp"
#include "platform/executable.hpp"
#include "platform/new_file.hpp"
#include "platform/source_file.hpp"
#include "platform/zip_archive.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

// Larger files are stored as they are: packing them shall take as long as
// copying them, and most are compressed already.
constexpr uint64_t largest_deflated = uint64_t{4} << 20;
// Shorter ones do not get smaller.
constexpr uint64_t smallest_deflated = 128;

std::string digest_hex(sha256& digest) {
  return to_hex(digest.finish());
}

/// Adds one member and says what the manifest has to know of it.
result<payload_member> add_member(zip_writer& archive,
                                  const payload_source& from) {
  payload_member out{.name = from.name,
                     .size = from.content.size(),
                     .mode = from.mode.value_or(0644),
                     .sha256 = {}};
  if (auto good = check_member_name(from.name); !good)
    return good.why();
  std::optional<source_file> file;
  if (!from.path.empty()) {
    auto opened = source_file::open(from.path);
    if (!opened)
      return opened.why();
    file.emplace(std::move(*opened));
    out.size = file->size();
    out.mode = from.mode.value_or(file->mode());
  }
  sha256 digest;
  auto done = archive.begin({.name = out.name,
                             .size = out.size,
                             .mode = out.mode,
                             .deflated = out.size >= smallest_deflated
                                         && out.size <= largest_deflated});
  auto put = [&](std::string_view bytes) {
    digest.update(bytes);
    return archive.write(bytes);
  };
  if (done)
    done = file ? file->read_all(put) : put(from.content);
  if (done)
    done = archive.end();
  if (!done)
    return done.why();
  out.sha256 = digest_hex(digest);
  return out;
}

/// Writes the archive behind the engine; its comment is `comment`.
result<void> write_archive(payload_plan& what, const std::string& path,
                           const std::string& comment) {
  auto archive = zip_writer::behind(path);
  if (!archive)
    return archive.why();
  for (auto& each : what.sources) {
    auto member = add_member(*archive, each);
    if (!member)
      return member.why();
    what.manifest.members.push_back(std::move(*member));
  }
  auto text = to_json(to_value(what.manifest), {.indent = 1}) + "\n";
  auto member = add_member(*archive, {.name = std::string{manifest_member},
                                      .path = {},
                                      .content = std::move(text),
                                      .mode = 0644});
  if (!member)
    return member.why();
  return archive->finish(comment);
}

result<void> sign(payload_trailer& trailer, const signing& with) {
  sha256 digest;
  digest.update(trailer.statement());
  auto bytes = sign_digest(with.secret_key, digest.finish());
  if (!bytes)
    return bytes.why();
  trailer.signature->bytes = std::move(*bytes);
  return {};
}

/// A trailer of the right length; its values come when the archive is there.
result<payload_trailer> blank_trailer(const payload_plan& what,
                                      uint64_t engine_size) {
  auto engine = digest_of_part(what.engine, 0, engine_size);
  if (!engine)
    return engine.why();
  payload_trailer out{.offset = engine_size,
                      .engine_digest = std::move(*engine),
                      .archive_digest = std::string(64, '0'),
                      .signature = {}};
  if (what.signature) {
    auto point = public_point(what.signature->secret_key);
    if (!point)
      return point.why();
    out.signature = payload_signature{
      std::move(*point), what.signature->expires, std::string(64, '\0')};
  }
  return out;
}

/// Fills in what is known only once the archive is written.
result<void> complete(payload_trailer& trailer, const payload_plan& what,
                      const std::string& path) {
  auto size = size_of_file(path);
  if (!size)
    return size.why();
  trailer.length = *size - trailer.offset - trailer.text().size();
  auto archive = zip_reader::open(path);
  if (!archive)
    return archive.why();
  if (auto first = archive->next(); !first)
    return first.why();
  trailer.directory = archive->entry_offset();
  auto digest = digest_of_part(path, trailer.offset, trailer.length);
  if (!digest)
    return digest.why();
  trailer.archive_digest = std::move(*digest);
  if (what.signature)
    if (auto done = sign(trailer, *what.signature); !done)
      return done;
  return overwrite_part(path, trailer.offset + trailer.length, trailer.text());
}

result<packed_runner> write_to(payload_plan& what, const std::string& path) {
  auto engine = inspect_executable(what.engine);
  if (!engine)
    return engine.why();
  auto size = size_of_file(what.engine);
  if (!size)
    return size.why();
  if (*size != engine->size)
    return error{errc::invalid_argument,
                 fmt::format("{} is no bare engine: something follows the "
                             "executable, perhaps another payload",
                             what.engine)};
  auto trailer = blank_trailer(what, engine->size);
  if (!trailer)
    return trailer.why();
  auto file = new_file::create(path, 0600);
  if (!file)
    return file.why();
  if (auto done = file->append_file(what.engine); !done)
    return done.why();
  if (auto done = file->close(0755); !done)
    return done.why();
  if (auto done = write_archive(what, path, trailer->text()); !done)
    return done.why();
  if (auto done = complete(*trailer, what, path); !done)
    return done.why();
  return packed_runner{trailer->offset + trailer->length
                         + trailer->text().size(),
                       engine->size, what.manifest.members.size()};
}

} // namespace

result<packed_runner> write_runner(payload_plan what, const std::string& path) {
  auto draft = path + ".packing";
  // What an earlier attempt left there that was killed.
  discard_file(draft);
  auto out = write_to(what, draft);
  if (!out) {
    discard_file(draft);
    return out.why();
  }
  if (auto done = rename_file(draft, path); !done)
    return done.why();
  return out;
}

} // namespace troupe
