#pragma once

#include "actors/run/tag_watch.hpp"
#include "config/plan/task_choice.hpp"

#include <string>
#include <vector>

namespace troupe {

struct plan_look;

/// Whether somebody wrote the task: it is none that a playbook has anyway, as
/// the one that collects facts.
bool is_written(const task& t);

/// Whether tasks may come that are found only when the plan runs.
bool has_open_tasks(const plan& p);

/// The tags of all tasks and handlers, those of what is around them included,
/// sorted, each once. Those that are templates are not known.
std::vector<std::string> tags_of(const plan& p);

/// Every play with its tasks and their tags, as `--list-tasks` prints them;
/// only the tasks that are chosen.
std::string list_tasks(const plan& p, const task_choice& chosen);

/// The hosts of every play as far as they are known before it runs, as
/// `--list-hosts` prints them: one a line, so that programs can read them.
std::string list_hosts(const plan& p);

/// The tags of every play, as `--list-tags` prints them; only those of the
/// tasks that are chosen.
std::string list_tags(const plan& p, const task_choice& chosen);

/// What is to be said of tags in `chosen` that no task has: one sentence each,
/// with the nearest. Says nothing of a plan whose tasks are not all known
/// before it runs.
std::vector<std::string> strange_tags(const plan& p, const task_choice& chosen);

/// The same of a plan whose tasks were not all known, when it has run: of tags
/// that no task had either that the run has come to.
std::vector<std::string> unseen_tags(const plan& p, const task_choice& chosen,
                                     const tag_watch& seen);

/// The same in the words of ansible-playbook; empty when nothing of it is asked
/// for.
std::string list_as_ansible(const plan& p, const plan_look& look,
                            const task_choice& chosen);

} // namespace troupe
