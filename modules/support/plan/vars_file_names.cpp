#include "modules/support/plan/vars_file_names.hpp"

#include "config/plan/plan_reader.hpp"
#include "config/plan/plan_reader_task.hpp"
#include "config/vault/vault.hpp"
#include "modules/module.hpp"

namespace troupe {

namespace {

/// The texts in lists of lists.
void add_texts(const value& from, std::vector<value>& out) {
  if (from.is_text())
    out.push_back(from);
  if (from.is_list())
    for (auto& each : from.as_list())
      add_texts(each, out);
}

} // namespace

std::vector<value> vars_file_names(host& machine, const std::string& path) {
  std::vector<value> out;
  auto text = machine.files().read(path, longest_source);
  if (!text || text->find("vars_files") == text->npos)
    return out;
  plan_limits limits;
  limits.last_key_wins = true;
  // Nobody needs to know here what is encrypted.
  auto opener = value_opener(nullptr);
  limits.vault = &opener;
  auto document = parse_plan(*text, path, limits);
  if (!document || !document->is_list())
    return out;
  for (auto& play : document->as_list())
    if (auto* names = play.is_dict() ? play.find("vars_files") : nullptr)
      add_texts(*names, out);
  return out;
}

} // namespace troupe
