#include "platform/posix/accounts.hpp"

#include "platform/posix/rights.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <mutex>

namespace troupe {

namespace {

std::vector<std::string_view> split(std::string_view line, char mark) {
  std::vector<std::string_view> out;
  for (;;) {
    auto at = line.find(mark);
    out.push_back(line.substr(0, at));
    if (at == std::string_view::npos)
      return out;
    line.remove_prefix(at + 1);
  }
}

std::optional<uint32_t> number_in(std::string_view text) {
  uint32_t out = 0;
  auto end = text.data() + text.size();
  auto [at, code] = std::from_chars(text.data(), end, out);
  if (code != std::errc{} || at != end)
    return std::nullopt;
  return out;
}

/// The lines of one file of accounts, read again when the file was replaced.
template <class Account>
class account_file {
public:
  using parser = std::optional<Account> (*)(std::string_view);

  account_file(std::string path, parser parse)
      : path_{std::move(path)}, parse_{parse} {
  }

  template <class Predicate>
  std::optional<Account> find(Predicate matches) {
    std::lock_guard guard{lock_};
    refresh();
    for (auto& one : accounts_)
      if (matches(one))
        return one;
    return std::nullopt;
  }

private:
  void refresh() {
    struct stat raw;
    if (::stat(path_.c_str(), &raw) != 0) {
      accounts_.clear();
      inode_ = 0;
      return;
    }
    auto same = raw.st_ino == inode_ && raw.st_size == size_
                && raw.st_mtim.tv_sec == modified_.tv_sec
                && raw.st_mtim.tv_nsec == modified_.tv_nsec;
    if (same)
      return;
    inode_ = raw.st_ino;
    size_ = raw.st_size;
    modified_ = raw.st_mtim;
    accounts_.clear();
    std::ifstream in{path_};
    for (std::string line; std::getline(in, line);)
      if (auto one = parse_(line))
        accounts_.push_back(*std::move(one));
    // What could not be read to its end, for want of a descriptor or so, is
    // read again the next time.
    if (!in.eof())
      inode_ = 0;
  }

  std::string path_;
  parser parse_;
  std::mutex lock_;
  std::vector<Account> accounts_;
  ino_t inode_ = 0;
  off_t size_ = 0;
  timespec modified_{};
};

class posix_accounts final : public account_database {
public:
  posix_accounts(process_runner& processes, std::string users,
                 std::string groups, std::chrono::nanoseconds answers_hold)
      : processes_{processes}, users_{std::move(users), parse_user},
        groups_{std::move(groups), parse_group}, answers_hold_{answers_hold} {
  }

  std::optional<user_account> user(std::string_view name) override {
    auto found = users_.find([&](auto& x) { return x.name == name; });
    return found ? found : ask("passwd", std::string{name}, parse_user);
  }

  std::optional<user_account> user(uint32_t uid) override {
    auto found = users_.find([&](auto& x) { return x.uid == uid; });
    return found ? found : ask("passwd", std::to_string(uid), parse_user);
  }

  std::optional<group_account> group(std::string_view name) override {
    auto found = groups_.find([&](auto& x) { return x.name == name; });
    return found ? found : ask("group", std::string{name}, parse_group);
  }

  std::optional<group_account> group(uint32_t gid) override {
    auto found = groups_.find([&](auto& x) { return x.gid == gid; });
    return found ? found : ask("group", std::to_string(gid), parse_group);
  }

  std::vector<uint32_t> groups_of(const user_account& user) override {
    std::vector<uint32_t> out{user.gid};
    groups_.find([&](const group_account& group) {
      auto& members = group.members;
      if (group.gid != user.gid
          && std::find(members.begin(), members.end(), user.name)
               != members.end())
        out.push_back(group.gid);
      return false;
    });
    return out;
  }

  uint32_t effective_uid() override {
    return ::geteuid();
  }

  uint32_t effective_gid() override {
    return ::getegid();
  }

  result<std::unique_ptr<assumed_rights>>
  act_as(const user_rights& of) override {
    return take_rights(of);
  }

private:
  using time = std::chrono::steady_clock::time_point;

  /// A line of `getent`; empty when it knows no such account.
  struct answer {
    std::string line;
    time until;
  };

  /// Accounts of directories (LDAP, systemd) are known to `getent`. What it
  /// said is kept for a while: the files of a removed account would ask again
  /// and again.
  template <class Account>
  std::optional<Account>
  ask(const std::string& table, const std::string& key,
      std::optional<Account> (*parse)(std::string_view)) {
    std::lock_guard guard{lock_};
    auto name = table + ' ' + key;
    auto now = std::chrono::steady_clock::now();
    auto known = asked_.find(name);
    if (known != asked_.end() && now < known->second.until)
      return parse(known->second.line);
    auto line = getent(table, key);
    if (!line)
      return std::nullopt;
    asked_[name] = {*line, now + answers_hold_};
    return parse(*line);
  }

  /// Absent when it had no answer: it was not there, or took too long, or the
  /// directory is out of reach.
  std::optional<std::string> getent(const std::string& table,
                                    const std::string& key) {
    // getent(1): one of the keys was not found.
    constexpr auto not_found = 2;
    process_spec spec;
    spec.argv = {"getent", "--", table, key};
    spec.deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    auto said = processes_.run(spec);
    if (!said || (said->rc != 0 && said->rc != not_found))
      return std::nullopt;
    auto& text = said->out.bytes;
    return said->rc == 0 ? text.substr(0, text.find('\n')) : std::string{};
  }

  process_runner& processes_;
  account_file<user_account> users_;
  account_file<group_account> groups_;
  std::mutex lock_;
  std::map<std::string, answer> asked_;
  std::chrono::nanoseconds answers_hold_;
};

} // namespace

std::optional<user_account> parse_user(std::string_view line) {
  auto fields = split(line, ':');
  if (fields.size() < 7)
    return std::nullopt;
  auto uid = number_in(fields[2]);
  auto gid = number_in(fields[3]);
  if (fields[0].empty() || !uid || !gid)
    return std::nullopt;
  return user_account{std::string{fields[0]},
                      *uid,
                      *gid,
                      std::string{fields[4]},
                      std::string{fields[5]},
                      std::string{fields[6]}};
}

std::optional<group_account> parse_group(std::string_view line) {
  auto fields = split(line, ':');
  if (fields.size() < 4)
    return std::nullopt;
  auto gid = number_in(fields[2]);
  if (fields[0].empty() || !gid)
    return std::nullopt;
  group_account out{std::string{fields[0]}, *gid, {}};
  for (auto member : split(fields[3], ','))
    if (!member.empty())
      out.members.emplace_back(member);
  return out;
}

std::unique_ptr<account_database>
make_posix_accounts(process_runner& processes, std::string users,
                    std::string groups, std::chrono::nanoseconds answers_hold) {
  return std::make_unique<posix_accounts>(processes, std::move(users),
                                          std::move(groups), answers_hold);
}

} // namespace troupe
