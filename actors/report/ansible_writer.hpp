#pragma once

#include "actors/report/ansible_page.hpp"
#include "actors/report/ansible_recap.hpp"
#include "actors/report/custom_stats.hpp"
#include "actors/report/event_writer.hpp"
#include "actors/run/output_board.hpp"
#include "platform/output.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace troupe {

/// Tells a run word for word as ansible-playbook's default callback does, with
/// its way of counting, for what reads that.
class ansible_writer final : public event_writer {
public:
  using options = ansible_options;

  /// What is told goes to `out`, warnings to `err`.
  ansible_writer(std::shared_ptr<output> out, std::shared_ptr<output> err,
                 options how)
      : page_{std::move(out), std::move(err), std::move(how)} {
  }

  /// Tells what the event came to.
  void on(const run_event& event) override;

  bool wants(const run_event&) const override {
    return true;
  }

private:
  void show(const run_started& what, const run_event& event);
  void show(const play_started& what, const run_event& event);
  void show(const task_started& what, const run_event& event);
  void show(const task_retry& what, const run_event& event);
  void show(const tasks_included& what, const run_event& event);
  void show(const items_ended& what, const run_event& event);
  void show(const task_ended& what, const run_event& event);
  void show(const hosts_exhausted& what, const run_event& event);
  void show(const run_trouble& what, const run_event& event);
  void show(const run_ended& what, const run_event& event);

  template <class Kind>
  void show(const Kind&, const run_event&) {
  }

  void head(const std::string& id, const std::string& name, bool handler);
  /// `meta`, which that view knows by what it says only.
  void show_meta(const task_result& result, const std::string& host);
  /// Of a loop without the items before `first`, which were told of before.
  void show_result(const task_result& result, const std::string& host,
                   size_t first);
  void show_items(const task_result& result, const std::string& host,
                  size_t first);
  void show_items_alone(const task_result& result, const std::string& host,
                        size_t first);
  void show_item(const task_result& result, const value& item,
                 const std::string& host);
  void show_one(const task_result& result, const std::string& host);
  void show_failed(const task_result& result, const std::string& host);
  void show_task_path(const task_result& result);
  bool shows_some(const task_result& result) const;
  bool tells_all(const task_result& result, const value& output) const;
  bool tells_difference(const task_result& result) const;
  /// " => {...}": what came of the task, or of one item.
  std::string outcome_words(const task_result& result, const value& output,
                            bool skipped) const;
  std::string cyan(const std::string& text) const;

  ansible_page page_;
  ansible_recap recap_;
  custom_stats stats_;
  // The task whose heading was told last.
  std::string headed_;
  size_t plays_ = 0;
  // How many items of loops that go on were told of.
  std::map<running_task, size_t> told_items_;
  // The hosts of the play go on at their own pace.
  bool free_ = false;
  // Tasks of the play in check mode, where those are marked.
  std::set<std::string> checked_;
};

} // namespace troupe
