#include "actors/cli/fleet/simulate_options.hpp"

#include "actors/conduct/conduct.hpp"

namespace troupe {

void simulate_options::add_to(option_list& to) {
  option_list own{
    {.names = "--hosts",
     .help = "How many hosts, of a plan or of a playbook without an inventory; "
             "100 when not given",
     .to = &hosts,
     .least = 1,
     .most = simulation_setting::most_hosts},
    {.names = "--sample",
     .help = "Simulate so many of the hosts of --hosts, each of which stands "
             "for several; 5000 when there are more than 10000",
     .to = &sample,
     .least = 1,
     .most = simulation_setting::most_simulated},
    {.names = "--profile",
     .help = "What the hosts are, in turn; debian when not given",
     .to = &profiles,
     .choices = profile_names(),
     .comma = true},
    {.names = "--seed",
     .help = "The same number simulates the same; 1 when not given",
     .to = &seed},
    {.names = "--fail",
     .help = "PART%, of tasks on hosts; TASK=PART%, of one task",
     .to = &fails},
    {.names = "--unreachable",
     .help = "PART% of hosts that are out of reach",
     .to = &unreachable},
    {.names = "--latency",
     .help = "How long a call to a host is on its way: 5ms..60ms when not "
             "given",
     .to = &latency},
    {.names = "--behaviours",
     .help = "File, or folder with files, that say what programs and modules "
             "do; simulate.d beside the plan when not given",
     .to = &behaviours},
    {.names = "--unknown",
     .help = "What becomes of programs that nobody knows: succeed or fail",
     .to = &unknown,
     .choices = {"succeed", "fail"}},
    {.names = "--output",
     .help = "text; json, the same as data; or trace, every event as a line of "
             "JSON",
     .to = &output,
     .choices = {"text", "json", "trace"}},
    {.names = "-C,--check",
     .help = "Simulate a run that only predicts",
     .to = &run.check},
    {.names = "-t,--tags",
     .help = "Only tasks with one of these tags",
     .to = &run.tasks.tags,
     .comma = true},
    {.names = "--skip-tags",
     .help = "No task with one of these tags",
     .to = &run.tasks.skip_tags,
     .comma = true},
    {.names = "-i,--inventory",
     .help = "Hosts of a playbook: a file, a folder, a program, or HOST,HOST; "
             "the variable simulated_profile says what a host is",
     .to = &run.hosts.inventories},
    {.names = "-l,--limit",
     .help = "Only those of a playbook's hosts that match",
     .to = &run.hosts.limit},
    {.names = "-f,--forks",
     .help = "How many hosts of a playbook work at once; 5 when not given",
     .to = &run.hosts.forks,
     .least = 1,
     .most = most_forks},
  };
  run.choice.add_options_to(to);
  to.insert(to.end(), own.begin(), own.end());
}

} // namespace troupe
