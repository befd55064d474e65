#include "modules/support/accounts/key_files.hpp"

#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>

#include <charconv>

namespace troupe {

namespace {

constexpr size_t longest_key = size_t{1} << 20;

/// The name under which the program that answers ssh-keygen finds it.
constexpr const char* phrase_variable = "TROUPE_KEY_PHRASE";

error keygen_failure(const process_result& ended) {
  auto words = tool_words(ended);
  return {errc::command_failed,
          words.empty() ? fmt::format("ssh-keygen returned {}", ended.rc)
                        : words};
}

/// "KIND CONTENT COMMENT", where the comment may hold blanks.
std::optional<open_key> parse_open_key(std::string text) {
  auto begin = text.find_first_not_of(" \n");
  if (begin == std::string::npos)
    return std::nullopt;
  text = text.substr(begin, text.find_last_not_of(" \n") + 1 - begin);
  auto first = text.find(' ');
  if (first == std::string::npos)
    return std::nullopt;
  auto second = text.find(' ', first + 1);
  if (second == std::string::npos)
    return open_key{text, ""};
  return open_key{text.substr(0, second), text.substr(second + 1)};
}

} // namespace

key_files::key_files(std::string path, std::string passphrase,
                     const module_context& ctx)
    : path_{std::move(path)}, passphrase_{std::move(passphrase)}, ctx_{ctx},
      files_{ctx.machine.files()} {
}

result<void> key_files::open() {
  auto tool = find_tool("ssh-keygen", ctx_);
  if (!tool)
    return tool.why();
  tool_ = *tool;
  if (passphrase_.empty())
    return {};
  // On a command line everybody on the host could read it.
  return files_.replace(
    joined(ctx_.temporary_directory, "key-answer"),
    fmt::format("#!/bin/sh\nprintf '%s\\n' \"${}\"\n", phrase_variable),
    {.mode = 0700});
}

result<process_result> key_files::keygen(std::vector<std::string> words,
                                         bool with_phrase) const {
  words.insert(words.begin(), tool_);
  tool_terms terms;
  if (with_phrase)
    terms.environment
      = {{"SSH_ASKPASS", joined(ctx_.temporary_directory, "key-answer")},
         {"SSH_ASKPASS_REQUIRE", "force"},
         {"DISPLAY", "none"},
         {phrase_variable, passphrase_}};
  return run_tool(std::move(words), ctx_, std::move(terms));
}

result<std::optional<secret_key>> key_files::secret() const {
  auto there = files_.status(path_, true);
  if (!there || !*there)
    return std::optional<secret_key>{};
  auto ended = keygen({"-l", "-f", path_}, false);
  if (!ended)
    return ended.why();
  auto words = words_in(ended->out.bytes);
  if (ended->rc != 0 || words.size() < 3)
    return std::optional<secret_key>{};
  secret_key out;
  auto& bits = words[0];
  std::from_chars(bits.data(), bits.data() + bits.size(), out.bits);
  out.fingerprint = words[1];
  out.type = words.back();
  std::erase_if(out.type, [](char c) { return c == '(' || c == ')'; });
  for (auto& c : out.type)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return std::optional{std::move(out)};
}

std::optional<open_key> key_files::open_half() const {
  auto text = files_.read(path_ + ".pub", longest_key);
  return text ? parse_open_key(*std::move(text)) : std::nullopt;
}

result<open_key> key_files::matching_half() const {
  auto ended = passphrase_.empty()
                 ? keygen({"-P", "", "-y", "-f", path_}, false)
                 : keygen({"-y", "-f", path_}, true);
  if (!ended)
    return ended.why();
  auto half = ended->rc == 0 ? parse_open_key(ended->out.bytes) : std::nullopt;
  if (!half)
    return keygen_failure(*ended);
  return *std::move(half);
}

result<bool> key_files::is_readable() const {
  auto bare = keygen({"-P", "", "-y", "-f", path_}, false);
  if (!bare)
    return bare.why();
  if (passphrase_.empty() || bare->rc == 0)
    return passphrase_.empty() && bare->rc == 0;
  auto opened = keygen({"-y", "-f", path_}, true);
  return opened ? result<bool>{opened->rc == 0} : result<bool>{opened.why()};
}

std::string key_files::format() const {
  auto text = files_.read(path_, longest_key);
  auto line = text ? text->substr(0, text->find('\n')) : std::string{};
  auto has = [&](std::string_view what) {
    return trimmed_text(line) == fmt::format("-----BEGIN {}-----", what);
  };
  return has("OPENSSH PRIVATE KEY")                           ? "ssh"
         : has("PRIVATE KEY") || has("ENCRYPTED PRIVATE KEY") ? "pkcs8"
         : has("RSA PRIVATE KEY") || has("EC PRIVATE KEY")
             || has("DSA PRIVATE KEY")
           ? "pkcs1"
           : "";
}

std::string key_files::scratch() const {
  return files_.unused_beside(joined(ctx_.temporary_directory, "key"));
}

result<void> key_files::make(const std::string& type, int64_t bits,
                             const std::string& format,
                             const std::string& comment) {
  auto made = scratch();
  std::vector<std::string> words{
    "-q", "-b", std::to_string(bits), "-t", type, "-f", made, "-C", comment};
  if (format == "pkcs1" || format == "pkcs8")
    words.insert(words.end(), {"-m", format == "pkcs1" ? "PEM" : "PKCS8"});
  if (passphrase_.empty())
    words.insert(words.end(), {"-N", ""});
  auto ended = keygen(std::move(words), !passphrase_.empty());
  auto done = !ended           ? result<void>{ended.why()}
              : ended->rc != 0 ? result<void>{keygen_failure(*ended)}
                               : put_in_place(made);
  for (auto end : {"", ".pub"})
    static_cast<void>(files_.remove(made + end));
  return done;
}

/// The files that are there keep their owners and modes.
result<void> key_files::put_in_place(const std::string& from) {
  for (auto end : {"", ".pub"}) {
    auto there = files_.status(path_ + end, true);
    if (!there)
      return there.why();
    file_attributes wanted;
    if (!*there)
      wanted.mode = *end ? 0644 : 0600;
    if (auto put = files_.replace_from(path_ + end, from + end, wanted); !put)
      return put;
  }
  return {};
}

result<void> key_files::put_open_half(const open_key& half,
                                      const std::string& comment) {
  // Other formats have no comment in the private key.
  if (comment.empty() || format() != "ssh") {
    auto there = files_.status(path_ + ".pub", true);
    file_attributes wanted;
    if (!there || !*there)
      wanted.mode = 0644;
    return files_.replace(
      path_ + ".pub",
      fmt::format("{}{}{}\n", half.key, comment.empty() ? "" : " ", comment),
      wanted);
  }
  auto copy = scratch();
  auto done = files_.replace_from(copy, path_, {.mode = 0600});
  if (done) {
    auto ended
      = keygen({"-q", "-c", "-C", comment, "-f", copy}, !passphrase_.empty());
    done = !ended           ? result<void>{ended.why()}
           : ended->rc != 0 ? result<void>{keygen_failure(*ended)}
                            : put_in_place(copy);
  }
  for (auto end : {"", ".pub"})
    static_cast<void>(files_.remove(copy + end));
  return done;
}

} // namespace troupe
