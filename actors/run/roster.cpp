#include "actors/run/roster.hpp"

#include "actors/state/fact_store.hpp"
#include "config/language/settled.hpp"
#include "config/playbook/merged_names.hpp"
#include "modules/support/arguments/inventory.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

list host_list(const std::vector<std::string>& from,
               const std::set<std::string>& without = {}) {
  list out;
  for (auto& each : from)
    if (!without.contains(each))
      out.push_back(each);
  return out;
}

void put_names(dict& to, const dict& from) {
  put_names(to, from, false);
}

void put_names(dict& to, const name_store& from) {
  std::vector<std::string> names;
  from.append_names(names);
  for (auto& each : names)
    if (each.find(' ') == each.npos)
      to.set(each, *from.find(each));
}

} // namespace

result<std::vector<std::string>>
roster::chosen(const std::vector<std::string>& patterns) {
  std::lock_guard held{mutex_};
  return with_.hosts->chosen(patterns);
}

std::vector<std::string>
roster::unmatched(const std::vector<std::string>& patterns) {
  std::lock_guard held{mutex_};
  return with_.hosts->unmatched(patterns);
}

void roster::stand_in(const std::string& folder) {
  std::lock_guard held{mutex_};
  auto& there = folder.empty() ? with_.folder : folder;
  if (there == folder_)
    return;
  folder_ = there;
  magic_ = with_.magic;
  if (magic_ && !folder.empty()) {
    auto names = *magic_;
    names.set("playbook_dir", folder);
    magic_ = std::make_shared<const dict>(std::move(names));
  }
  forget_inventory();
}

void roster::begin_batch(std::vector<std::string> all,
                         std::vector<std::string> batch,
                         std::set<std::string> gone) {
  std::lock_guard held{mutex_};
  gone_ = std::move(gone);
  play_hosts_ = std::move(all);
  batch_ = std::move(batch);
}

void roster::leave(const std::string& host) {
  std::lock_guard held{mutex_};
  gone_.insert(host);
}

void roster::forget_inventory() {
  strangers_.clear();
  groups_.reset();
  groups_of_.reset();
  known_hosts_.reset();
  host_vars_.reset();
  for (auto& [name, each] : members_) {
    each.vars.reset();
    each.all.reset();
  }
}

result<void> roster::refresh() {
  std::lock_guard held{mutex_};
  auto done = with_.hosts->refresh();
  forget_inventory();
  return done;
}

result<std::shared_ptr<const dict>> roster::vars_of(member& in,
                                                    const std::string& host) {
  if (in.vars)
    return in.vars;
  auto layers = with_.hosts->names_of(host, folder_);
  if (!layers)
    return layers.why();
  dict out{{"ansible_host", host}};
  for (auto& each : *layers)
    put_names(out, each, with_.merges);
  in.vars = std::make_shared<const dict>(std::move(out));
  return in.vars;
}

result<std::shared_ptr<const dict>> roster::vars_of(const std::string& host) {
  std::lock_guard held{mutex_};
  return vars_of(member_or_stranger(host), host);
}

void roster::publish(const std::string& host, const known_names& names) {
  std::lock_guard held{mutex_};
  auto& in = members_[host];
  in.asked = true;
  in.names = names;
  in.all.reset();
  host_vars_.reset();
}

void roster::learn(const dict& variables) {
  std::lock_guard held{mutex_};
  bool grown = false;
  for (auto& [key, x] : variables) {
    auto name = key.text_or("");
    if (name.starts_with(group_prefix) && x.is_list()) {
      for (auto& each : x.as_list())
        // What cannot be added is as if it had not been asked for: the bounds
        // of inventories are far.
        static_cast<void>(
          with_.hosts->join(std::string{name.substr(group_prefix.size())},
                            std::string{each.text_or("")}));
      grown = true;
    } else if (name.starts_with(host_prefix) && x.is_dict()) {
      std::string added{name.substr(host_prefix.size())};
      static_cast<void>(with_.hosts->add_host(added, x.as_dict()));
      // Ansible counts it among the hosts of the play at once, whatever the
      // play is for; it does not play.
      if (std::find(play_hosts_.begin(), play_hosts_.end(), added)
          == play_hosts_.end())
        play_hosts_.push_back(std::move(added));
      grown = true;
    } else if (name.starts_with(facts_prefix) && x.is_dict()) {
      auto& in = members_[std::string{name.substr(facts_prefix.size())}];
      dict all = in.given ? *in.given : dict{};
      put_names(all, x.as_dict());
      in.given = std::make_shared<const dict>(std::move(all));
      in.all.reset();
      host_vars_.reset();
    }
  }
  if (grown)
    forget_inventory();
}

std::shared_ptr<const dict> roster::given_to(const std::string& host) {
  std::lock_guard held{mutex_};
  auto at = members_.find(host);
  return at == members_.end() ? nullptr : at->second.given;
}

value roster::group_names(const std::string& host) {
  if (!groups_of_) {
    groups_of_.emplace();
    for (auto& [name, hosts] : groups_->as_dict())
      if (name.text_or("") != "all")
        for (auto& each : hosts.as_list())
          (*groups_of_)[std::string{each.text_or("")}].emplace_back(
            name.text_or(""));
    for (auto& [name, groups] : *groups_of_)
      std::sort(groups.begin(), groups.end());
  }
  auto at = groups_of_->find(host);
  return value{at == groups_of_->end() ? list{} : host_list(at->second)};
}

namespace {

/// `x` with its templates evaluated for the host that has `names`. Those that
/// need what the host has not stay; `settled` becomes false where one may be
/// evaluated only by somebody who may wait.
value rendered(const value& x, const language& templates,
               const variables& names, bool& settled) {
  if (!has_template(x))
    return x;
  if (x.is_list()) {
    list out;
    for (auto& each : x.as_list())
      out.push_back(rendered(each, templates, names, settled));
    return value{std::move(out)};
  }
  if (x.is_dict()) {
    dict out;
    for (auto& [key, each] : x.as_dict())
      out.set(key, rendered(each, templates, names, settled));
    return value{std::move(out)};
  }
  evaluation_terms here;
  here.here = true;
  auto got = templates.evaluate(x, names, here);
  if (got)
    return *std::move(got);
  // What may wait then is only to be told where that name is used.
  settled
    = settled
      && (got.why().code == errc::undefined || !got.why().undefined().empty());
  return x;
}

} // namespace

value roster::all_of(member& in, const std::string& host) {
  if (in.all)
    return *in.all;
  dict out;
  if (auto vars = vars_of(in, host))
    put_names(out, **vars);
  if (with_.kept && !std::exchange(in.asked, true))
    in.names.facts = in.names.facts.with_all(with_.kept->load(host));
  put_names(out, in.names.facts);
  dict bare;
  std::vector<std::string> names;
  in.names.facts.append_names(names);
  for (std::string_view each : names)
    bare.set(each.starts_with("ansible_") ? each.substr(8) : each,
             *in.names.facts.find(each));
  if (in.given) {
    put_names(out, *in.given);
    for (auto& [key, x] : *in.given)
      bare.set(key, x);
  }
  put_names(out, in.names.registered);
  out.set("ansible_facts", std::move(bare));
  if (magic_)
    put_names(out, *magic_);
  out.set("inventory_hostname", host);
  out.set("inventory_hostname_short", host.substr(0, host.find('.')));
  out.set("groups", *groups_);
  out.set("group_names", group_names(host));
  if (with_.extra_vars)
    put_names(out, *with_.extra_vars);
  // What its variables say is meant for itself.
  dict_variables seen{dict{out}};
  in.settled = true;
  for (auto& [key, x] : dict{out})
    if (key.text_or("") != "ansible_facts" && has_template(x))
      out.set(key, rendered(x, *with_.templates, seen, in.settled));
  in.all = value{std::move(out)};
  return *in.all;
}

const dict& roster::groups() {
  if (!groups_)
    groups_ = value{with_.hosts->groups()};
  return groups_->as_dict();
}

value roster::host_vars() {
  if (host_vars_)
    return *host_vars_;
  dict out;
  bool settled = true;
  auto put = [&](const std::string& host) {
    auto& in = members_[host];
    out.set(host, all_of(in, host));
    settled = settled && in.settled;
  };
  // Those that no play is for are known as well: a limit only says who plays.
  // Who goes through them goes in the order of the inventory.
  if (auto* all = groups().find("all"); all && all->is_list())
    for (auto& each : all->as_list())
      put(std::string{each.text_or("")});
  // Where no inventory names it, it is there all the same.
  members_["localhost"];
  for (auto& [name, each] : members_)
    if (!out.find(name))
      put(name);
  host_vars_ = value{std::move(out)};
  if (settled)
    settle(*host_vars_);
  return *host_vars_;
}

std::optional<value> roster::find(const std::string& host,
                                  const name_key& name) {
  std::lock_guard held{mutex_};
  groups();
  if (name == "groups")
    return groups_;
  if (name == "group_names")
    return group_names(host);
  if (name == "hostvars") {
    // One that plays without being in the inventory, as 127.0.0.1 may, is there
    // before anything is known of it.
    auto plays = [&] {
      return std::find(play_hosts_.begin(), play_hosts_.end(), host)
             != play_hosts_.end();
    };
    if (!members_.contains(host) && plays()) {
      members_[host];
      host_vars_.reset();
    }
    return host_vars();
  }
  if (name == "ansible_play_hosts_all")
    return value{host_list(play_hosts_)};
  if (name == "ansible_play_hosts")
    return value{host_list(play_hosts_, gone_)};
  if (name == "ansible_play_batch" || name == "play_hosts")
    return value{host_list(batch_, gone_)};
  return std::nullopt;
}

roster::member& roster::member_or_stranger(const std::string& host) {
  constexpr size_t most = 1000;
  if (auto at = members_.find(host); at != members_.end())
    return at->second;
  if (!known_hosts_) {
    known_hosts_.emplace();
    if (auto* all = groups().find("all"); all && all->is_list())
      for (auto& each : all->as_list())
        known_hosts_->emplace(each.text_or(""));
  }
  if (known_hosts_->contains(host))
    return members_[host];
  if (strangers_.size() >= most)
    strangers_.clear();
  return strangers_[host];
}

std::optional<value> roster::name_of(const std::string& host,
                                     const name_key& name) {
  std::lock_guard held{mutex_};
  groups();
  auto all = all_of(member_or_stranger(host), host);
  auto* x = all.find(name);
  return x ? std::optional{*x} : std::nullopt;
}

} // namespace troupe
