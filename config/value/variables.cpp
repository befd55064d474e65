#include "config/value/variables.hpp"

#include <algorithm>

namespace troupe {

void name_store::push(dict layer) {
  layers_.push_back(std::make_shared<const dict>(std::move(layer)));
  while (layers_.size() > 1) {
    auto& newer = *layers_.back();
    auto& older = *layers_[layers_.size() - 2];
    if (older.size() >= 2 * newer.size())
      break;
    dict merged = older;
    for (auto& [key, x] : newer)
      merged.set(key, x);
    layers_.pop_back();
    layers_.back() = std::make_shared<const dict>(std::move(merged));
  }
}

name_store name_store::with(std::string name, value x) const {
  auto copy = *this;
  dict layer;
  layer.set(value{std::move(name)}, std::move(x));
  copy.push(std::move(layer));
  return copy;
}

name_store name_store::with_all(const dict& added) const {
  auto copy = *this;
  if (!added.empty())
    copy.push(added);
  return copy;
}

const value* name_store::find(const name_key& name) const {
  for (auto i = layers_.rbegin(); i != layers_.rend(); ++i)
    if (auto* x = (*i)->find(name))
      return x;
  return nullptr;
}

namespace {

void append_keys(std::vector<std::string>& out, const dict& from) {
  for (auto& [key, x] : from)
    if (key.is_text())
      out.push_back(key.as_string());
}

} // namespace

void name_store::append_names(std::vector<std::string>& out) const {
  for (auto& layer : layers_)
    append_keys(out, *layer);
}

void layered_variables::add(std::shared_ptr<const dict> names) {
  if (names && !names->empty())
    layers_.push_back({std::move(names), {}});
}

void layered_variables::add(name_store store) {
  layers_.push_back({nullptr, std::move(store)});
}

const value* layered_variables::find(const name_key& name) const {
  for (auto& layer : layers_) {
    auto* x = layer.names ? layer.names->find(name) : layer.store.find(name);
    if (x)
      return x;
  }
  return nullptr;
}

std::vector<std::string> layered_variables::names() const {
  std::vector<std::string> out;
  for (auto& layer : layers_) {
    if (layer.names)
      append_keys(out, *layer.names);
    else
      layer.store.append_names(out);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

} // namespace troupe
