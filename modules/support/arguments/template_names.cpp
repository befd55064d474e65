#include "modules/support/arguments/template_names.hpp"

#include "config/language/library/managed_line.hpp"
#include "modules/support/arguments/times.hpp"

#include <algorithm>
#include <array>

namespace troupe {

namespace {

constexpr std::array<std::string_view, 8> own_names{
  "ansible_managed", "template_host",     "template_uid",
  "template_path",   "template_fullpath", "template_destpath",
  "template_mtime",  "template_run_date"};

} // namespace

bool is_template_name(std::string_view name) {
  return std::find(own_names.begin(), own_names.end(), name) != own_names.end();
}

template_names::template_names(const variables& outer, std::string source,
                               std::string given, std::string dest,
                               const module_context& ctx)
    : outer_{outer}, source_{std::move(source)}, given_{std::move(given)},
      dest_{std::move(dest)}, ctx_{ctx} {
}

void template_names::add(const dict& extra) {
  for (auto& [name, x] : extra)
    extra_.set(name, x);
}

const value* template_names::find(const name_key& name) const {
  if (auto* x = extra_.find(name))
    return x;
  if (!is_template_name(name))
    return outer_.find(name);
  if (own_.empty())
    describe();
  // Settings are read for this one only.
  if (name == "ansible_managed" && !own_.find(name))
    own_.set("ansible_managed", managed());
  return own_.find(name);
}

std::vector<std::string> template_names::names() const {
  auto out = outer_.names();
  for (auto name : own_names)
    out.emplace_back(name);
  for (auto& [name, _] : extra_)
    if (name.is_text())
      out.push_back(name.as_string());
  return out;
}

value template_names::managed() const {
  auto& machine = ctx_.machine;
  std::string format = "Ansible managed";
  if (ctx_.templates)
    if (auto said = ctx_.templates->expression(
          "lookup('config', 'DEFAULT_MANAGED_STR')", outer_, ctx_.terms());
        said && said->is_text())
      format = said->as_string();
  auto status = machine.files().status(source_, true);
  managed_file of{given_, machine.facts().host_name(),
                  to_display(*own_.find("template_uid")),
                  status && *status ? (*status)->modified : 0};
  return value::from_host(managed_line(machine, format, of));
}

void template_names::describe() const {
  auto& machine = ctx_.machine;
  constexpr auto format = "%Y-%m-%d %H:%M:%S";
  auto status = machine.files().status(source_, true);
  auto full = machine.files().real_path(source_);
  value owner;
  value written;
  if (status && *status) {
    auto user = machine.accounts().user((*status)->uid);
    owner = user ? value{user->name} : value{int64_t{(*status)->uid}};
    auto time = std::chrono::system_clock::time_point{
      std::chrono::duration_cast<std::chrono::system_clock::duration>(
        std::chrono::duration<double>{(*status)->modified})};
    written = local_time(machine.clock(), time, format);
  }
  own_.set("template_host", machine.facts().host_name());
  own_.set("template_uid", owner);
  own_.set("template_path", given_);
  own_.set("template_fullpath", full ? *full : source_);
  own_.set("template_destpath", dest_);
  own_.set("template_mtime", written);
  auto& clock = machine.clock();
  own_.set("template_run_date", local_time(clock, clock.now(), format));
}

} // namespace troupe
