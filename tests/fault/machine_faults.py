"""Faults of the machine: a full disk, too few descriptors, processes or bytes
of memory, folders that cannot be used. Each function yields one (name, what is
wrong) for each fault, or raises Impossible."""

import contextlib
import json
import os
import random
import subprocess

from scene import Scene, badly_ended, recovered


class Impossible(Exception):
    """This machine does not allow the fault; the text says why."""


def as_root():
    if os.geteuid() != 0:
        raise Impossible("only root may do this to a machine")


@contextlib.contextmanager
def mounted(path, *options):
    """A mount that is gone afterwards, whatever happens."""
    as_root()
    os.makedirs(path, exist_ok=True)
    done = subprocess.run(["mount", *options, path], capture_output=True,
                          text=True)
    if done.returncode != 0:
        raise Impossible("cannot mount here: " + done.stderr.strip())
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", path], check=True)


def memory_disk(path, size):
    return mounted(path, "-t", "tmpfs", "-o", "mode=0700,size=" + size, "none")


def full_state_disk(arena):
    """Row 4: the journal has no room; then it has."""
    for size in ("4k", "8k", "12k", "16k", "20k", "28k"):
        scene = Scene(arena.troupe, arena.base)
        with memory_disk(scene.state, size):
            done = scene.run()
            trouble = badly_ended(done)
            if done.returncode == 0:
                trouble.append("the disk was not full")
            if "o space left" not in done.stderr:
                trouble.append("does not say what ran out: " + done.stderr)
            subprocess.run(["mount", "-o", "remount,size=16m", scene.state],
                           check=True)
            yield "state on a disk of " + size, \
                trouble + recovered(scene, arena.clean)
        scene.close()


def full_target_disk(arena):
    """Row 5: what a module writes has no room, or may not be written."""
    big = "x" * 100000
    for name, module in (
            ("copy", {"copy": {"dest": "{{ root }}/disk/old", "content": big}}),
            ("template", {"template": {"src": "big.j2",
                                       "dest": "{{ root }}/disk/old"}})):
        scene = Scene(arena.troupe, arena.base, {
            "failure_policy": "continue", "vars": {"big": big},
            "tasks": [dict(module, id="full"),
                      {"id": "other", "shell": "echo other >> {{ root }}/log"}]})
        with open(scene.path("big.j2"), "w") as out:
            out.write("{{ big }}")
        for fault in ("size=64k", "ro"):
            disk = os.path.join(scene.root, "disk")
            with memory_disk(disk, "64k"):
                with open(os.path.join(disk, "old"), "w") as out:
                    out.write("old\n")
                subprocess.run(["mount", "-o", "remount," + fault, disk],
                               check=True)
                before = scene.executions()["other"]
                done = scene.run()
                trouble = badly_ended(done)
                if done.returncode != 2:
                    trouble.append("ended with %s" % done.returncode)
                if os.listdir(disk) != ["old"] or \
                        open(os.path.join(disk, "old")).read() != "old\n":
                    trouble.append("the old file is not as it was")
                if scene.executions()["other"] != before + 1:
                    trouble.append("the other task did not run")
                yield "%s to a disk with %s" % (name, fault), trouble
        scene.close()


def few_descriptors(arena):
    """Row 6: as few open files as the limit says."""
    for most in range(6, 34, 2):
        scene = Scene(arena.troupe, arena.base)
        scene.prefix = ["prlimit", "--nofile=%d" % most]
        done = scene.run()
        scene.prefix = []
        trouble = badly_ended(done) + recovered(scene, arena.clean)
        scene.close()
        yield "%d descriptors" % most, trouble


def few_processes(arena):
    """Row 6: as few processes and threads as the limit says, as a user that
    nobody else is, for root has no such limit."""
    as_root()
    for most in range(1, 15):
        scene = Scene(arena.troupe, arena.base)
        user = str(random.Random(scene.dir).randrange(1 << 20, 1 << 30))
        subprocess.run(["chown", "-R", user, scene.dir], check=True)
        who = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups",
               "--inh-caps=-all"]
        scene.prefix = who + ["prlimit", "--nproc=%d" % most]
        done = scene.run()
        trouble = badly_ended(done)
        scene.prefix = who
        trouble += recovered(scene, arena.clean)
        scene.close()
        yield "%d processes" % most, trouble


def unusable_state(arena):
    """Row 7: the state folder is refused with a hint; --no-state helps."""
    plan = {"tasks": [{"id": "a", "shell": "echo a >> {{ root }}/log"}]}

    def refused(scene, name):
        done = scene.run()
        trouble = badly_ended(done)
        if done.returncode != 6:
            trouble.append("ended with %s" % done.returncode)
        if scene.state not in done.stderr:
            trouble.append("does not name the folder: " + done.stderr)
        if scene.run("--no-state").returncode != 0:
            trouble.append("--no-state does not help")
        if scene.executions()["a"] != 1:
            trouble.append("the task did not run exactly once")
        return name, trouble

    scene = Scene(arena.troupe, arena.base, plan)
    open(scene.state, "w").close()
    yield refused(scene, "a file in its place")
    scene.close()
    as_root()
    scene = Scene(arena.troupe, arena.base, plan)
    os.makedirs(scene.state, 0o777)
    os.chown(scene.state, 12345, 12345)
    yield refused(scene, "a folder of somebody else")
    scene.close()
    scene = Scene(arena.troupe, arena.base, plan)
    with mounted(scene.state, "-t", "tmpfs", "-o", "ro", "none"):
        yield refused(scene, "a disk that is read-only")
    scene.close()


@contextlib.contextmanager
def memory_group(name, limit):
    """A group of processes that have so much memory together."""
    as_root()
    group = "/sys/fs/cgroup/memory/troupe-%s-%d" % (name, os.getpid())
    try:
        os.mkdir(group)
    except OSError as problem:
        raise Impossible("no memory group can be made: %s" % problem)
    try:
        with open(group + "/memory.limit_in_bytes", "w") as out:
            out.write(limit)
        yield group
    finally:
        os.rmdir(group)


def no_memory(arena):
    """Row 9: the system kills the task, or the runner, for its memory."""
    with memory_group("task", "30m") as group:
        hog = "echo $$ > %s/tasks; exec head -c 200m /dev/zero | tail" % group
        scene = Scene(arena.troupe, arena.base, {
            "failure_policy": "continue",
            "tasks": [{"id": "hog", "shell": hog},
                      {"id": "other", "shell": "echo b >> {{ root }}/log"}]})
        done = scene.run()
        trouble = badly_ended(done)
        if done.returncode != 2 or "hog" not in done.stderr + str(
                scene.results()):
            trouble.append("ended with %s" % done.returncode)
        if scene.results()["hog"][0] != "failed":
            trouble.append("a killed task counts as %s" %
                           scene.results()["hog"][0])
        if scene.executions()["b"] != 1:
            trouble.append("the other task did not run")
        scene.close()
        yield "a task is killed", trouble
    with memory_group("runner", "40m") as group:
        scene = Scene(arena.troupe, arena.base, {"tasks": [
            {"id": "first", "shell": "echo a >> {{ root }}/log"},
            {"id": "hog", "set_fact": {"big": "{{ 'x' * 60000000 }}"}},
            {"id": "last", "shell": "echo b >> {{ root }}/log"}]})
        scene.prefix = ["sh", "-c", 'echo $$ > %s/tasks; exec "$@"' % group,
                        "sh"]
        done = scene.run()
        trouble = []
        if done.returncode not in (-9, 137):
            trouble.append("ended with %s: %s" % (done.returncode,
                                                  done.stderr))
        scene.prefix = []
        wanted = {"modules": {},
                  "results": {x: ("success", x != "hog")
                              for x in ("first", "hog", "last")},
                  "files": scene.files(), "executions": {"a": 1, "b": 1}}
        trouble += recovered(scene, wanted)
        scene.close()
        yield "the runner is killed", trouble


def unreadable_folders(arena):
    """Row 5: folders of the system cannot be listed to their end. Facts that
    are missing for that are told."""
    scene = Scene(arena.troupe, arena.base)
    asked = ["facts", "--filter", "ansible_devices"]
    clean = scene.call(asked)
    done = scene.traced(asked, "-e", "inject=getdents64:error=EIO:when=1+")
    trouble = badly_ended(done)
    if not json.loads(clean.stdout).get("ansible_devices"):
        raise Impossible("there are no devices")
    if json.loads(done.stdout).get("ansible_devices"):
        trouble.append("there are devices, though none could be listed")
    if "cannot list '/sys/block'" not in done.stderr:
        trouble.append("facts are missing and nobody said so: " + done.stderr)
    scene.close()
    yield "folders of facts", trouble


FAULTS = [(4, full_state_disk), (5, full_target_disk),
          (5, unreadable_folders), (6, few_descriptors),
          (6, few_processes), (7, unusable_state), (9, no_memory)]
