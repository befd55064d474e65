#include "config/payload/payload.hpp"

#include "config/payload/member_name.hpp"
#include "platform/crypto.hpp"
#include "platform/new_file.hpp"
#include "platform/zip_archive.hpp"

#include <fmt/format.h>

#include <set>

namespace troupe {

namespace {

constexpr size_t manifest_limit = size_t{1} << 30;

error refused(const std::string& path, std::string_view why) {
  return {errc::invalid_plan,
          fmt::format("{} is damaged or was altered: {}; nothing was run", path,
                      why)};
}

std::string digest_text(std::string_view bytes) {
  sha256 digest;
  digest.update(bytes);
  return digest.finish();
}

/// Finds the trailer; absent when nothing follows the executable.
result<std::optional<payload_trailer>>
find_trailer(const std::string& path, const executable_info& engine) {
  auto size = size_of_file(path);
  if (!size)
    return size.why();
  if (*size < engine.size)
    return refused(path, fmt::format("it has {} bytes, its engine alone needs "
                                     "{}",
                                     *size, engine.size));
  if (*size == engine.size)
    return std::optional<payload_trailer>{};
  if (*size < engine.size + trailer_end_size)
    return refused(path, "its trailer is missing");
  auto end = read_part(path, *size - trailer_end_size, trailer_end_size);
  if (!end)
    return end.why();
  auto length = trailer_length(*end);
  if (!length || *length > *size - engine.size)
    return refused(path, "its trailer is missing");
  auto text = read_part(path, *size - *length, *length);
  if (!text)
    return text.why();
  auto trailer = parse_trailer(*text);
  if (!trailer)
    return refused(path, trailer.why().message);
  if (trailer->offset != engine.size
      || trailer->length != *size - engine.size - *length)
    return refused(path, "its size is not what its trailer says");
  return std::optional{std::move(*trailer)};
}

result<void> check_signature(const payload& what) {
  auto& signature = what.trailer.signature;
  if (!signature
      || is_signed_by(signature->key, digest_text(what.trailer.statement()),
                      signature->bytes))
    return {};
  return refused(what.path, "its signature is wrong");
}

/// Opens the archive and checks that its list of members is the one that the
/// trailer speaks of, not something inside a member that looks like one.
result<zip_reader> open_archive(const payload& what) {
  auto archive = zip_reader::open(what.path);
  if (!archive)
    return refused(what.path, archive.why().message);
  auto first = archive->next();
  if (!first)
    return refused(what.path, first.why().message);
  if (!*first || archive->entry_offset() != what.trailer.directory)
    return refused(what.path,
                   "its list of members is not where its trailer says");
  return archive;
}

result<std::string> content_of(zip_reader& archive, size_t limit) {
  std::string out;
  auto got = archive.read([&](std::string_view bytes) -> result<void> {
    if (out.size() + bytes.size() > limit)
      return error{errc::exhausted,
                   fmt::format("{} is larger than {} bytes",
                               shown_name(archive.current().name), limit)};
    out += bytes;
    return {};
  });
  if (!got)
    return got.why();
  return out;
}

/// Reads names, then the manifest, and compares them.
result<void> read_list(payload& what) {
  auto archive = open_archive(what);
  if (!archive)
    return archive.why();
  std::vector<zip_member> found;
  for (bool more = true; more;) {
    auto& member = archive->current();
    if (!member.regular)
      return refused(
        what.path, fmt::format("{} is no plain file", shown_name(member.name)));
    if (auto good = check_member_name(member.name); !good)
      return refused(what.path, good.why().message);
    found.push_back(member);
    if (member.name == manifest_member)
      break;
    auto next = archive->next();
    if (!next)
      return refused(what.path, next.why().message);
    more = *next;
  }
  if (found.back().name != manifest_member
      || archive->member_count() != found.size())
    return refused(what.path, "its manifest is not its last member");
  auto text = content_of(*archive, manifest_limit);
  if (!text)
    return refused(what.path, text.why().message);
  auto manifest = parse_manifest(*text);
  if (!manifest)
    return refused(what.path, manifest.why().message);
  found.pop_back();
  what.manifest = std::move(*manifest);
  auto& listed = what.manifest.members;
  auto same = listed.size() == found.size();
  for (size_t i = 0; same && i < found.size(); ++i)
    same = listed[i].name == found[i].name && listed[i].size == found[i].size;
  if (!same)
    return refused(what.path, "its manifest does not fit its members");
  return {};
}

/// Calls `use` for each member in order, the archive standing at it.
result<void> for_each_member(
  const payload& what,
  const std::function<result<void>(const payload_member&, zip_reader&)>& use) {
  if (what.manifest.members.empty())
    return {};
  auto archive = open_archive(what);
  if (!archive)
    return archive.why();
  for (auto& member : what.manifest.members) {
    if (archive->current().name != member.name)
      return refused(what.path, "it changed while it was read");
    if (auto done = use(member, *archive); !done)
      return done;
    if (auto next = archive->next(); !next)
      return refused(what.path, next.why().message);
  }
  return {};
}

/// Makes the folders of `name` below `folder` that were not made yet.
result<void> make_folders(const std::string& folder, std::string_view name,
                          std::set<std::string, std::less<>>& made) {
  for (auto slash = name.find('/'); slash != std::string_view::npos;
       slash = name.find('/', slash + 1)) {
    auto part = name.substr(0, slash);
    if (made.contains(part))
      continue;
    if (auto done = make_private_folder(fmt::format("{}/{}", folder, part));
        !done)
      return done;
    made.emplace(part);
  }
  return {};
}

result<void> unpack_one(const payload_member& member, zip_reader& archive,
                        const std::string& path) {
  auto file = new_file::create(path, 0600);
  if (!file)
    return file.why();
  uint64_t size = 0;
  auto got = archive.read([&](std::string_view bytes) -> result<void> {
    size += bytes.size();
    if (size > member.size)
      return error{errc::invalid_plan,
                   shown_name(member.name) + " is larger than it should be"};
    return file->write(bytes);
  });
  if (!got)
    return got;
  return file->close(member.mode);
}

} // namespace

result<std::optional<payload>> read_payload(const std::string& path) {
  auto engine = inspect_executable(path);
  if (!engine)
    return engine.why();
  auto trailer = find_trailer(path, *engine);
  if (!trailer)
    return trailer.why();
  if (!*trailer)
    return std::optional<payload>{};
  payload out;
  out.path = path;
  out.engine = *engine;
  out.trailer = std::move(**trailer);
  auto digest = digest_of_part(path, out.trailer.offset, out.trailer.length);
  if (!digest)
    return digest.why();
  if (*digest != out.trailer.archive_digest)
    return refused(path, "the checksum of its payload is wrong");
  if (auto ok = check_signature(out); !ok)
    return ok.why();
  if (auto ok = read_list(out); !ok)
    return ok.why();
  return std::optional{std::move(out)};
}

result<void> check_trust(const payload& what, const trust& wanted) {
  if (wanted.keys.empty())
    return {};
  auto& signature = what.trailer.signature;
  if (!signature)
    return error{errc::permission_denied,
                 what.path
                   + " is not signed, but a signature is required; nothing "
                     "was run"};
  bool known = false;
  for (auto& key : wanted.keys)
    known = known || key == signature->key;
  if (!known)
    return error{errc::permission_denied,
                 fmt::format("{} is signed with the key {}, which is not "
                             "trusted; nothing was run",
                             what.path, key_name(signature->key))};
  // Both are written the same way, so the order of texts is that of times.
  if (!signature->expires.empty() && signature->expires < wanted.now)
    return error{errc::permission_denied,
                 fmt::format("the signature of {} expired at {}; nothing was "
                             "run",
                             what.path, signature->expires)};
  return {};
}

result<void> verify_everything(const payload& what) {
  auto engine = digest_of_part(what.path, 0, what.trailer.offset);
  if (!engine)
    return engine.why();
  if (*engine != what.trailer.engine_digest)
    return refused(what.path, "the checksum of its engine is wrong");
  return for_each_member(
    what, [&](const payload_member& member, zip_reader& archive) {
      sha256 digest;
      auto got = archive.read([&](std::string_view bytes) -> result<void> {
        digest.update(bytes);
        return {};
      });
      if (got && to_hex(digest.finish()) != member.sha256)
        got = refused(what.path, fmt::format("the checksum of {} is wrong",
                                             shown_name(member.name)));
      return got;
    });
}

result<std::string> read_member(const payload& what, std::string_view name,
                                size_t limit) {
  std::optional<std::string> out;
  auto done = for_each_member(
    what,
    [&](const payload_member& member, zip_reader& archive) -> result<void> {
      if (out || member.name != name)
        return {};
      auto got = content_of(archive, limit);
      if (!got)
        return got.why();
      out = std::move(*got);
      return {};
    });
  if (!done)
    return done.why();
  if (!out)
    return error{errc::not_found,
                 fmt::format("{} has no {}", what.path, shown_name(name))};
  return std::move(*out);
}

result<void> unpack(const payload& what, const std::string& folder) {
  std::set<std::string, std::less<>> made;
  // The slash makes the last part of the name a folder too.
  for (auto& each : what.manifest.empty_folders)
    if (auto done = make_folders(folder, each + "/", made); !done)
      return done;
  return for_each_member(
    what,
    [&](const payload_member& member, zip_reader& archive) -> result<void> {
      if (auto done = make_folders(folder, member.name, made); !done)
        return done;
      return unpack_one(member, archive,
                        fmt::format("{}/{}", folder, member.name));
    });
}

} // namespace troupe
