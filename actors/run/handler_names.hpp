#pragma once

#include "actors/run/task_scope.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Whether a handler of the name `handler` is notified as `name`: one of a role
/// is known by its name with the role in front, too.
bool is_handler_called(std::string_view handler, std::string_view name);

/// By which names the handlers of a play are notified. Names that are templates
/// are evaluated once, when a name is first looked for, with what is the same
/// for all of a play's tasks: no facts, results and `set_fact`. All members may
/// be called from any thread.
class handler_names {
public:
  /// `scope`: of the play `of`, which is to outlive this object.
  handler_names(context_ptr ctx, scope_ptr scope, const play& of);

  /// What a name means.
  struct meaning {
    /// The first handler, or block of them, that is called so; the one with
    /// that id; all that listen to it. Nobody: there is no such handler.
    std::vector<std::string> ids;
    /// Names that came to nothing, told once.
    std::vector<std::string> warnings;
  };

  /// An error only when `terms` end the evaluation.
  result<meaning> meaning_of(const std::string& name,
                             const evaluation_terms& terms) const;

  /// What the handler with this id is called, as far as that is known.
  std::string name_of(const std::string& id) const;

  /// All that a task may notify, as far as that is known: names, and what
  /// handlers listen to.
  std::vector<std::string> all() const;

private:
  struct handler {
    std::string id;
    /// As the plan has it.
    std::string_view written_id;
    std::string name;
    const std::vector<std::string>* listen;
    /// Of a name that is a template: what it is evaluated in.
    scope_ptr scope;
    /// Of a role: those of the play itself, and of roles that come later, are
    /// meant before it.
    role_ptr role;
    /// It cannot be notified by its name.
    bool nameless = false;
  };

  using table = std::vector<handler>;

  void add(const std::vector<node>& handlers, const scope_ptr& around,
           const play& of);
  result<std::shared_ptr<const table>>
  evaluated(const evaluation_terms& terms,
            std::vector<std::string>& warnings) const;
  std::shared_ptr<const table> known() const;

  context_ptr ctx_;
  table written_;
  mutable std::mutex mutex_;
  // Null until it is first asked for.
  mutable std::shared_ptr<const table> known_;
};

} // namespace troupe
