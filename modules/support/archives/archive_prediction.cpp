#include "modules/support/archives/archive_prediction.hpp"

#include "modules/support/files/paths.hpp"

namespace troupe {

namespace {

constexpr size_t most_predicted = 20'000;

/// Does in the predicted files what its tool does to the real ones. What these
/// refuse is left out: whether the tool fails, it says itself.
class predicted_unpacking {
public:
  predicted_unpacking(const unpacking& how, const module_context& ctx)
      : how_{how}, ctx_{ctx}, files_{ctx.machine.files()} {
  }

  void put(const archive_entry& entry) {
    auto path = place_of_entry(entry, how_.folder);
    file_attributes as{.mode = entry.mode & how_.modes};
    if (how_.owners) {
      as.uid = entry.uid;
      as.gid = entry.gid;
    }
    if (entry.kind == 'd')
      return put_folder(path, as);
    if (entry.kind != 'l' && entry.kind != 'h')
      return ctx_.predicted->expect_file(path, as, entry.size,
                                         {entry.modified, 0});
    static_cast<void>(files_.remove(path));
    make_parents(parent_of(path));
    static_cast<void>(
      entry.kind == 'l'
        ? files_.make_symlink(entry.target, path)
        : files_.make_hard_link(joined(how_.folder, entry.target), path));
  }

private:
  bool make_parents(const std::string& folder) {
    return static_cast<bool>(
      make_folders(folder, 0777 & ~files_.umask(), ctx_));
  }

  void put_folder(const std::string& path, const file_attributes& as) {
    if (!make_parents(path))
      return;
    static_cast<void>(files_.set_owner(path, as.uid, as.gid, false));
    static_cast<void>(files_.set_mode(path, *as.mode));
  }

  const unpacking& how_;
  const module_context& ctx_;
  file_system& files_;
};

} // namespace

std::string place_of_entry(const archive_entry& entry,
                           const std::string& folder) {
  auto name = entry.name;
  while (name.ends_with('/'))
    name.pop_back();
  return joined(folder, name);
}

void predict_entries(const std::vector<const archive_entry*>& all,
                     const unpacking& how, const module_context& ctx) {
  if (all.size() > most_predicted)
    return ctx.doubt();
  predicted_unpacking work{how, ctx};
  for (auto* each : all)
    work.put(*each);
}

} // namespace troupe
