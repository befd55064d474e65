#include "actors/state/undo_entry.hpp"

namespace troupe {

namespace {

// What version 3 has behind the fields of older ones is a table: each name is
// there only where there is something to say.

value to_value(const file_time& time) {
  return list{time.seconds, int64_t{time.nanoseconds}};
}

std::optional<int64_t> number_in(const dict& table, std::string_view name) {
  auto* x = table.find(name);
  return x ? x->to_int() : std::nullopt;
}

std::optional<uint32_t> bits_in(const dict& table, std::string_view name) {
  auto number = number_in(table, name);
  return number ? std::optional{static_cast<uint32_t>(*number)} : std::nullopt;
}

std::optional<std::string> text_in(const dict& table, std::string_view name) {
  auto* x = table.find(name);
  return x && x->is_text() ? std::optional{std::string{x->as_string()}}
                           : std::nullopt;
}

std::optional<file_time> time_in(const dict& table, std::string_view name) {
  auto* x = table.find(name);
  if (!x || !x->is_list() || x->as_list().items.size() != 2)
    return std::nullopt;
  auto seconds = x->as_list().items[0].to_int();
  auto rest = x->as_list().items[1].to_int();
  if (!seconds || !rest)
    return std::nullopt;
  return file_time{*seconds, static_cast<uint32_t>(*rest)};
}

template <class T>
void put_if(dict& table, std::string_view name, const std::optional<T>& x) {
  if (!x)
    return;
  if constexpr (std::is_same_v<T, uint32_t>)
    table.set(name, int64_t{*x});
  else if constexpr (std::is_same_v<T, file_time>)
    table.set(name, to_value(*x));
  else
    table.set(name, *x);
}

using attribute_entries = std::optional<std::vector<extended_attribute>>;

void put_attributes(dict& table, const attribute_entries& x) {
  if (!x)
    return;
  dict entries;
  for (auto& each : *x)
    entries.set(each.name, each.content);
  table.set("attributes", std::move(entries));
}

attribute_entries attributes_in(const dict& from) {
  auto* entries = from.find("attributes");
  if (!entries || !entries->is_dict())
    return std::nullopt;
  attribute_entries out{std::in_place};
  for (auto& [name, content] : entries->as_dict())
    if (content.is_text())
      out->push_back({std::string{name.text_or("")}, content.as_string()});
  return out;
}

dict table_of(const undo_after& x) {
  dict out{{"kind", x.kind}};
  if (!x.digest.empty())
    out.set("digest", x.digest);
  if (!x.target.empty())
    out.set("target", x.target);
  if (x.inode != 0) {
    out.set("inode", static_cast<int64_t>(x.inode));
    out.set("born", to_value(x.born));
  }
  put_if(out, "mode", x.mode);
  put_if(out, "uid", x.uid);
  put_if(out, "gid", x.gid);
  put_if(out, "modified", x.modified);
  put_if(out, "flags", x.flags);
  put_attributes(out, x.attributes);
  return out;
}

undo_after read_after(const dict& from) {
  undo_after out;
  out.kind = text_in(from, "kind").value_or("");
  out.digest = text_in(from, "digest").value_or("");
  out.target = text_in(from, "target").value_or("");
  out.inode = static_cast<uint64_t>(number_in(from, "inode").value_or(0));
  out.born = time_in(from, "born").value_or(file_time{});
  out.mode = bits_in(from, "mode");
  out.uid = bits_in(from, "uid");
  out.gid = bits_in(from, "gid");
  out.modified = time_in(from, "modified");
  out.flags = text_in(from, "flags");
  out.attributes = attributes_in(from);
  return out;
}

dict table_of(const undo_entry& x) {
  dict out{{"modified", to_value(x.modified)},
           {"inode", static_cast<int64_t>(x.was.inode)},
           {"device", static_cast<int64_t>(x.was.device)},
           {"born", to_value(x.was.born)},
           {"kept_itself", x.kept.itself}};
  if (x.names > 1)
    out.set("names", static_cast<int64_t>(x.names));
  if (x.in_place)
    out.set("in_place", true);
  put_if(out, "flags", x.flags);
  put_attributes(out, x.attributes);
  return out;
}

void read_more(const dict& from, undo_entry& x) {
  x.modified = time_in(from, "modified").value_or(x.modified);
  x.was.inode = static_cast<uint64_t>(number_in(from, "inode").value_or(0));
  x.was.device = static_cast<uint64_t>(number_in(from, "device").value_or(0));
  x.was.born = time_in(from, "born").value_or(file_time{});
  x.names = static_cast<uint64_t>(number_in(from, "names").value_or(1));
  if (auto* itself = from.find("kept_itself"))
    x.kept.itself = itself->is_bool() && itself->as_bool();
  if (auto* through = from.find("in_place"))
    x.in_place = through->is_bool() && through->as_bool();
  x.flags = text_in(from, "flags");
  x.attributes = attributes_in(from);
}

} // namespace

const char* kind_name(file_kind kind) {
  switch (kind) {
  case file_kind::regular:
    return "file";
  case file_kind::directory:
    return "directory";
  case file_kind::symlink:
    return "link";
  default:
    return "special";
  }
}

bool is_sealed(const undo_entry& entry) {
  return entry.unread && entry.unread->sealed;
}

undo_entry readable_part(const undo_entry& entry) {
  undo_entry out;
  out.task = entry.task;
  out.kind = entry.kind;
  // It is looked for when a run is gone on with, whoever can read the rest.
  out.kept.name = entry.kept.name;
  if (entry.kind == "program")
    out.kept.lost = entry.kept.lost;
  out.unread = {entry.unread->shown, std::string{}};
  return out;
}

void write(record_writer& to, const undo_entry& from) {
  to.put(from.task);
  to.put(from.path);
  to.put(from.kind);
  to.put(from.mode);
  to.put(from.uid);
  to.put(from.gid);
  to.put(value{to_seconds(from.modified)});
  to.put(from.target);
  to.put(from.kept.name);
  to.put(from.kept.lost);
  to.put(from.whole);
  to.put(table_of(from));
  to.put(table_of(from.after));
  if (!is_sealed(from))
    return;
  to.put(from.unread->shown);
  to.put(*from.unread->sealed);
}

undo_entry read_undo(record_reader& from) {
  undo_entry out;
  out.task = from.text();
  out.path = from.text();
  out.kind = from.text();
  out.mode = static_cast<uint32_t>(from.number());
  out.uid = static_cast<uint32_t>(from.number());
  out.gid = static_cast<uint32_t>(from.number());
  auto modified = from.any();
  if (modified.is_real())
    out.modified = to_file_time(modified.as_real());
  out.target = from.text();
  out.kept.name = from.text();
  out.kept.lost = from.text();
  out.whole = from.flag();
  if (from.at_end())
    return out;
  read_more(from.table(), out);
  out.after = read_after(from.table());
  // Up to version 6 nothing stood behind that.
  if (from.at_end())
    return out;
  auto& unread = out.unread.emplace();
  unread.shown = from.text();
  unread.sealed = from.text();
  return out;
}

} // namespace troupe
