#pragma once

#include "platform/host.hpp"
#include "platform/predicted/foreseen.hpp"
#include "platform/predicted/predicted_accounts.hpp"
#include "platform/predicted/predicted_files.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// What is predicted of a service; absent: what the machine says counts.
struct predicted_service {
  std::optional<bool> running;
  std::optional<bool> enabled;
  std::optional<bool> masked;
};

/// What is predicted of a job in the background.
struct predicted_job {
  bool changed = false;
  /// Its program is not run, so nothing is known of it.
  bool skipped = false;
};

/// What the tasks of one run that only predict would have made of the machine,
/// for those that come after them. Thread-safe, bounded.
class prediction {
public:
  explicit prediction(prediction_limits limits = {})
      : prediction{limits, nullptr} {
  }

  /// What is predicted on top of `below`, which outlives it and hears nothing
  /// of that.
  explicit prediction(prediction& below);

  /// What is only predicted in a real run as well (`check_mode: true`): it sees
  /// what is predicted here, and nobody here sees what it predicts.
  prediction& aside();

  /// Null: it is about the machine itself.
  prediction* below() const {
    return below_;
  }

  /// A program was not run that may have made anything. From then on what is
  /// missing may be there.
  void doubt() {
    unsure_ = true;
  }

  /// The same of a program whose output later tasks use.
  void doubt_results() {
    unsure_ = true;
    results_open_ = true;
  }

  bool are_results_open() const {
    return results_open_ || (below_ && below_->are_results_open());
  }

  /// Whether something that is missing may still be there when the run is a
  /// real one.
  bool is_unsure() const;

  /// Whether a package would be installed; absent: as it is now.
  std::optional<bool> package(std::string_view name) const;
  void note_package(std::string_view name, bool installed);

  /// All that were noted, each as it would be.
  std::map<std::string, bool, std::less<>> packages() const;

  predicted_service service(std::string_view name) const;
  std::map<std::string, predicted_service, std::less<>> services() const;
  /// What is absent in `change` stays as it was.
  void note_service(std::string_view name, const predicted_service& change);

  /// What the host would be called; absent: as it is now.
  std::optional<std::string> host_name() const;
  void note_host_name(std::string name);

  /// A job that would go on in the background, by its number.
  void note_job(const std::string& id, predicted_job what);
  std::optional<predicted_job> job(const std::string& id) const;
  void forget_job(const std::string& id);

  predicted_tree tree;
  predicted_names names;

private:
  prediction(prediction_limits limits, prediction* below);

  mutable std::mutex mutex_;
  size_t most_;
  prediction* below_;
  std::unique_ptr<prediction> aside_;
  std::atomic<bool> unsure_ = false;
  std::atomic<bool> results_open_ = false;
  std::map<std::string, bool, std::less<>> packages_;
  std::map<std::string, predicted_service, std::less<>> services_;
  std::map<std::string, predicted_job> jobs_;
  std::optional<std::string> host_name_;
};

/// A machine as it would be had the run done what it predicts. Programs see
/// the machine as it is. Of one call: used by one thread, lives no longer than
/// machine and prediction.
class predicted_host final : public forwarding_host {
public:
  /// `outside`: the folder for temporary files, which are really made.
  predicted_host(host& machine, prediction& what, std::string outside);

  file_system& files() override {
    return files_;
  }

  account_database& accounts() override {
    return accounts_;
  }

  /// Remembers that a program would have made something at a path.
  void claim(const std::string& path) {
    files_.claim(path);
  }

  /// Whether what is at a path or below it, or that nothing is there, is only
  /// predicted.
  bool predicts(const std::string& path) {
    return files_.predicts(path) || (below_ && below_->predicts(path));
  }

  /// Remembers that a program would have written a file of which all is known
  /// but its content.
  void expect_file(const std::string& path, const file_attributes& as,
                   uint64_t size, file_time modified) {
    files_.expect_file(path, as, size, modified);
  }

  /// Whether only that something would be there is known of a path.
  bool is_vague(const std::string& path) {
    return files_.is_vague(path) || (below_ && below_->is_vague(path));
  }

  /// Whether a program, which sees the machine as it is, would find something
  /// else at a path than what is predicted; `below`: or in the folder there.
  bool differs(const std::string& path, bool below = false) {
    return files_.differs(path, below)
           || (below_ && below_->differs(path, below));
  }

  /// The call has asked for something that is not known, such as the content
  /// of a file that a program would write.
  void miss() {
    files_.miss();
  }

  bool has_missed() const {
    return files_.has_missed() || (below_ && below_->has_missed());
  }

  /// It has looked at something of which nobody knows what it is.
  bool has_met_vague() const {
    return files_.has_met_vague() || (below_ && below_->has_met_vague());
  }

  /// What a program would have made there is a folder, since something is to be
  /// put into it.
  void expect_folder(const std::string& path) {
    files_.expect_folder(path);
  }

  prediction& what() const {
    return what_;
  }

  /// Notes what the call that this host is for takes for given.
  void assume(std::string what) {
    assumed_.push_back(std::move(what));
  }

  const std::vector<std::string>& assumed() const {
    return assumed_;
  }

  /// Notes what would become of a thing, if the call changes something.
  void foresee(foreseen what) {
    foreseen_.push_back(std::move(what));
  }

  std::vector<foreseen> take_foreseen() {
    return std::exchange(foreseen_, {});
  }

private:
  predicted_host(std::unique_ptr<predicted_host> below, host& machine,
                 prediction& what, std::string outside);

  prediction& what_;
  /// The machine as that is predicted which `what_` rests on; null: nothing.
  std::unique_ptr<predicted_host> below_;
  std::vector<std::string> assumed_;
  std::vector<foreseen> foreseen_;
  predicted_accounts accounts_;
  predicted_files files_;
};

} // namespace troupe
