#include "modules/support/commands/external.hpp"
#include "modules/support/plan/plan_modules.hpp"
#include "tests/support/modules.hpp"

#include <filesystem>
#include <set>

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr const char* python = "/usr/bin/python3";

/// Runs Python modules of Ansible; nothing where there is no Python.
struct python_runner {
  temp_dir dir;
  std::shared_ptr<host> machine = make_real_host();
  std::vector<std::pair<std::string, std::string>> environment;
  bool check_mode = false;

  bool has_python() const {
    return machine->files().access(python, "x");
  }

  /// Runs it without what this machine has installed for Python.
  module_result run(const std::string& body, const dict& given) {
    auto path = dir / "program.py";
    write_file(path, std::string{"#!/usr/bin/python3 -SI\n"
                                 "from ansible.module_utils.basic import "
                                 "AnsibleModule\n"}
                       + body);
    auto made = make_external_module("mine", path);
    auto args = check_arguments(made->spec(), given);
    REQUIRE(args);
    module_context ctx{.machine = *machine,
                       .check_mode = check_mode,
                       .temporary_directory = dir.path(),
                       .environment = environment};
    return made->run(*args, ctx);
  }
};

} // namespace

TEST_CASE("a Python module of Ansible runs where there is no Ansible",
          "[modules][external][M051]") {
  python_runner one;
  if (!one.has_python())
    return;
  std::string body = R"(
module = AnsibleModule(dict(name=dict(required=True), count=dict(type='int'),
                            pin=dict(no_log=True)), supports_check_mode=True)
module.warn('careful')
module.exit_json(changed=True, twice=module.params['count'] * 2,
                 said='%s %s' % (module.params['name'], module.params['pin']),
                 dry=module.check_mode)
)";
  auto out
    = one.run(body, {{"name", "a"}, {"count", "3"}, {"pin", "topsecret"}});
  CAPTURE(out.msg, to_display(value{out.data}));
  CHECK_FALSE(out.failed);
  CHECK(out.changed);
  CHECK(*out.data.find("twice") == value{6});
  CHECK(out.data.find("said")->as_string() == "a ********");
  CHECK(out.warnings == std::vector<std::string>{"careful"});
  // Only the program is left behind.
  CHECK(one.machine->files().list(one.dir.path())->size() == 1);
  one.check_mode = true;
  CHECK(*one.run(body, {{"name", "a"}, {"count", 1}}).data.find("dry")
        == value{true});
  one.check_mode = false;
  CHECK(one.run(body, {{"count", 1}}).msg
        == "missing required arguments: name");
  CHECK(one.run(body, {{"name", "a"}, {"count", "x"}}).msg
        == "argument 'count' is of type <class 'str'> and we were unable to "
           "convert to int: <class 'str'> cannot be converted to an int");
}

TEST_CASE("a module of a collection imports what that has",
          "[modules][external][M051][M140]") {
  python_runner one;
  if (!one.has_python())
    return;
  auto base = one.dir / "ansible_collections";
  auto plugins = base + "/acme/base/plugins";
  write_file(plugins + "/module_utils/words.py", "word = 'shared'\n");
  write_file(plugins + "/modules/tell.py",
             "#!/usr/bin/python3 -SI\n"
             "from ansible.module_utils.basic import AnsibleModule\n"
             "from ansible_collections.acme.base.plugins.module_utils.words "
             "import word\n"
             "from ..module_utils import words\n"
             "module = AnsibleModule(dict())\n"
             "module.exit_json(said=word + words.word)\n");
  write_file(plugins + "/modules/part/deep.py",
             "#!/usr/bin/python3 -SI\n"
             "from ansible.module_utils.basic import AnsibleModule\n"
             "from ...module_utils.words import word\n"
             "AnsibleModule(dict()).exit_json(said=word)\n");
  write_file(plugins + "/modules/led.py", "");
  write_file(plugins + "/action/led.py", "");
  std::vector<std::string> folders{one.dir / "library", base};
  auto found = find_custom_module("acme.base.tell", folders, *one.machine);
  CHECK(found == plugins + "/modules/tell.py");
  for (auto* none : {"tell", "acme.base.led", "acme.base.other", "acme.tell",
                     "acme.base.more.tell", "acme...tell"})
    CHECK(find_custom_module(none, folders, *one.machine).empty());
  CHECK(find_custom_module("acme.base.part.deep", folders, *one.machine)
        == plugins + "/modules/part/deep.py");
  auto made = make_external_module("acme.base.tell", found);
  auto args = check_arguments(made->spec(), {});
  REQUIRE(args);
  module_context ctx{.machine = *one.machine,
                     .temporary_directory = one.dir.path()};
  auto out = made->run(*args, ctx);
  CAPTURE(out.msg, to_display(value{out.data}));
  CHECK(out.data.find("said")->text_or("") == "sharedshared");
  auto deep = make_external_module("acme.base.part.deep",
                                   plugins + "/modules/part/deep.py");
  out = deep->run(*args, ctx);
  CAPTURE(out.msg);
  CHECK(out.data.find("said")->text_or("") == "shared");
}

TEST_CASE("nothing beside a module of a collection is taken for Python's own",
          "[modules][external][M051][M140]") {
  python_runner one;
  if (!one.has_python())
    return;
  auto plugins = one.dir / "ansible_collections/acme/base/plugins";
  // All of Ansible that it needs its collection imports.
  write_file(plugins + "/module_utils/whole.py",
             "import json\nimport xml.etree.ElementTree as tree\n"
             "from ansible.module_utils.basic import AnsibleModule\n"
             "def go():\n"
             "    module = AnsibleModule(dict(word=dict()))\n"
             "    module.exit_json(said=module.params['word']\n"
             "                     + tree.fromstring('<a>!</a>').text)\n");
  auto imports = GENERATE(
    as<std::string>{},
    "from ansible_collections.acme.base.plugins.module_utils.whole import go",
    "from ..module_utils.whole import go");
  write_file(plugins + "/modules/tell.py",
             "#!/usr/bin/python3 -SI\n" + imports + "\ngo()\n");
  for (auto* other :
       {"/modules/xml.py", "/modules/json.py", "/../../../../json.py"})
    write_file(plugins + other, "print('{\"said\": \"another one\"}')\n"
                                "raise SystemExit\n");
  auto made
    = make_external_module("acme.base.tell", plugins + "/modules/tell.py");
  auto args = check_arguments(made->spec(), {{"word", "hi"}});
  REQUIRE(args);
  module_context ctx{.machine = *one.machine,
                     .temporary_directory = one.dir.path()};
  auto out = made->run(*args, ctx);
  CAPTURE(out.msg, to_display(value{out.data}));
  REQUIRE(out.data.find("said"));
  CHECK(out.data.find("said")->text_or("") == "hi!");
  for (auto* folder : {"/modules", "/module_utils"})
    CHECK_FALSE(std::filesystem::exists(plugins + folder + "/__pycache__"));
}

TEST_CASE("what a Python module misses is told", "[modules][external][M051]") {
  python_runner one;
  if (!one.has_python())
    return;
  auto out = one.run("from ansible.module_utils.colours import red\n", {});
  CHECK(out.failed);
  CHECK(out.data.find("module_stderr")
          ->as_string()
          .find("ansible.module_utils.colours")
        != std::string::npos);
}

TEST_CASE("a Python module finds what lies beside its library",
          "[modules][external][M051]") {
  python_runner one;
  if (!one.has_python())
    return;
  write_file(one.dir / "utils/colours.py", "red = 'red'\n");
  one.environment = {{"ANSIBLE_MODULE_UTILS", one.dir / "utils"}};
  auto out = one.run("import os, sys\n"
                     "from ansible.module_utils.colours import red\n"
                     "AnsibleModule({}).exit_json(colour=red)\n",
                     {});
  CAPTURE(to_display(value{out.data}));
  CHECK(out.data.find("colour")->as_string() == "red");
}

TEST_CASE("a Python module starts again under another Python once",
          "[modules][external][M051]") {
  python_runner one;
  if (!one.has_python())
    return;
  std::string body = R"(
import sys
from ansible.module_utils.common import respawn
module = AnsibleModule(dict(twice=dict(type='bool', default=False)))
if not respawn.has_respawned() or module.params['twice']:
    respawn.respawn_module('/usr/bin/python3')
module.exit_json(again=respawn.has_respawned())
)";
  auto out = one.run(body, {});
  CAPTURE(to_display(value{out.data}));
  CHECK(*out.data.find("again") == value{true});
  CHECK(one.run(body, {{"twice", true}}).failed);
}
