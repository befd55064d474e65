#include "platform/simulated/apt_command.hpp"
#include "platform/simulated/small_programs.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

// The same packages as `rpm` and `dnf`, or `apk`, speak of them.

namespace {

struct plain_command {
  std::string verb;
  std::vector<std::string> names;
  std::vector<std::string> options;

  explicit plain_command(const process_spec& spec) {
    for (size_t i = 1; i < spec.argv.size(); ++i)
      if (auto& word = spec.argv[i]; word.starts_with('-'))
        options.push_back(word);
      else if (verb.empty())
        verb = word;
      else
        names.push_back(word);
  }

  bool has(std::string_view option) const {
    return std::find(options.begin(), options.end(), option) != options.end();
  }
};

} // namespace

program_answer simulated_packages::rpm(const process_spec& spec) {
  plain_command given{spec};
  std::vector<std::string> names = given.names;
  if (!given.verb.empty())
    names.insert(names.begin(), given.verb);
  if (!given.has("--query") || names.size() != 1 || given.has("--all"))
    return unknown_here("rpm", "anything but --query of one package");
  auto have = installed(names[0]);
  if (!have)
    return {.rc = 1,
            .out = fmt::format("package {} is not installed\n", names[0])};
  return {.out = fmt::format("{}-{}.x86_64\n", names[0], *have)};
}

program_answer simulated_packages::apply_all(std::vector<change> all,
                                             std::string text) {
  program_answer out{.out = std::move(text)};
  out.effect
    = [this, all = std::move(all)](const process_spec&) { apply(all); };
  return out;
}

program_answer simulated_packages::dnf(const process_spec& spec) {
  plain_command given{spec};
  auto& verb = given.verb;
  if (verb == "makecache" || verb == "clean")
    return {.out = "Metadata cache created.\n"};
  if (verb == "check-update") {
    std::lock_guard guard{lock_};
    for (auto& each : upgrades())
      if (given.names.empty()
          || std::find(given.names.begin(), given.names.end(), each.name)
               != given.names.end())
        return {.rc = 100, .out = each.name + "\n"};
    return {};
  }
  if (verb == "autoremove")
    return {.out = "Nothing to do.\n"};
  if (verb != "install" && verb != "upgrade" && verb != "remove")
    return unknown_here("dnf", verb);
  apt_command like;
  like.verb = verb == "upgrade" && !given.names.empty() ? "install" : verb;
  like.names = given.names;
  like.only_upgrades = verb == "upgrade";
  auto all = changes(like);
  if (!all)
    return {.rc = 1,
            .err = fmt::format("No match for argument: {}\nError: Unable to "
                               "find a match\n",
                               given.names.empty() ? "" : given.names.back())};
  if (all->empty())
    return {.out = "Nothing to do.\n"};
  if (given.has("--assumeno"))
    return {.rc = 1, .out = "Operation aborted.\n"};
  return apply_all(std::move(*all), "Complete!\n");
}

program_answer simulated_packages::apk(const process_spec& spec) {
  plain_command given{spec};
  auto& verb = given.verb;
  auto have
    = given.names.empty() ? std::nullopt : installed(given.names.front());
  if (verb == "update")
    return {.out = "OK: 20000 distinct packages available\n"};
  if (verb == "info" && given.has("-e"))
    return {.rc = have ? 0 : 1,
            .out = have ? given.names.front() + "\n" : std::string{}};
  if (verb == "version") {
    std::lock_guard guard{lock_};
    auto newer = upgrades();
    auto at = std::find_if(newer.begin(), newer.end(), [&](auto& each) {
      return !given.names.empty() && each.name == given.names.front();
    });
    return {.out
            = at == newer.end()
                ? fmt::format("{} = {}\n",
                              given.names.empty() ? "" : given.names.front(),
                              have.value_or(""))
                : fmt::format("{} < {}\n", at->name, at->version)};
  }
  if (verb != "add" && verb != "del" && verb != "upgrade")
    return unknown_here("apk", verb);
  apt_command like;
  like.verb = verb == "add" ? "install" : verb == "del" ? "remove" : verb;
  like.names = given.names;
  auto all = changes(like);
  if (!all)
    return {.rc = 1,
            .err = fmt::format("ERROR: unable to select packages:\n  {} (no "
                               "such package)\n",
                               given.names.empty() ? "" : given.names.back())};
  std::string text;
  for (size_t i = 0; i < all->size(); ++i)
    text += fmt::format("({}/{}) {} {}\n", i + 1, all->size(),
                        (*all)[i].version.empty() ? "Purging" : "Installing",
                        (*all)[i].name);
  text += "OK\n";
  if (given.has("--simulate") || given.has("-s"))
    return {.out = text};
  return apply_all(std::move(*all), std::move(text));
}

void simulated_packages::speak(std::string_view manager) {
  if (manager == "apt")
    return;
  for (auto* each : {"dpkg-query", "dpkg", "apt-cache", "apt-get"})
    programs_.forget(each);
  auto answer = [&](const char* program, auto member) {
    programs_.on_program(program, [this, member](const process_spec& spec) {
      return (this->*member)(spec);
    });
  };
  if (manager == "apk")
    return answer("apk", &simulated_packages::apk);
  answer("rpm", &simulated_packages::rpm);
  answer("dnf", &simulated_packages::dnf);
}

} // namespace troupe
