#include "platform/predicted/predicted_tree.hpp"

namespace troupe {

predicted_entry* predicted_tree::find(const std::string& path) {
  auto at = entries_.find(path);
  return at == entries_.end() ? nullptr : &at->second;
}

bool predicted_tree::put(const std::string& path, predicted_entry entry) {
  auto at = entries_.find(path);
  if (at != entries_.end()) {
    at->second = std::move(entry);
    return true;
  }
  if (entries_.size() >= limits_.entries) {
    full_ = true;
    return false;
  }
  entries_.emplace(path, std::move(entry));
  return true;
}

void predicted_tree::forget(const std::string& path) {
  entries_.erase(path);
  auto prefix = path == "/" ? path : path + '/';
  auto at = entries_.lower_bound(prefix);
  while (at != entries_.end() && at->first.starts_with(prefix))
    at = entries_.erase(at);
}

std::vector<std::pair<std::string, predicted_entry>>
predicted_tree::below(const std::string& folder) const {
  std::vector<std::pair<std::string, predicted_entry>> out;
  auto prefix = folder == "/" ? folder : folder + '/';
  auto at = entries_.lower_bound(prefix);
  while (at != entries_.end() && at->first.starts_with(prefix)) {
    auto end = at->first.find('/', prefix.size());
    if (end == std::string::npos) {
      if (at->first.size() > prefix.size())
        out.emplace_back(at->first.substr(prefix.size()), at->second);
      ++at;
    } else {
      // '0' comes behind '/': past all that lies below that folder.
      at = entries_.lower_bound(at->first.substr(0, end) + '0');
    }
  }
  return out;
}

bool predicted_tree::has_below(const std::string& folder) const {
  auto prefix = folder == "/" ? folder : folder + '/';
  auto at = entries_.lower_bound(prefix);
  return at != entries_.end() && at->first.starts_with(prefix);
}

std::shared_ptr<const std::string>
predicted_tree::keep(std::string_view content) {
  if (content.size() > limits_.bytes - *kept_) {
    full_ = true;
    return nullptr;
  }
  *kept_ += content.size();
  return {new std::string{content}, [count = kept_](const std::string* x) {
            *count -= x->size();
            delete x;
          }};
}

} // namespace troupe
