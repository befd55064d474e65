"""Kills runs again and again: at a random time, or at a random call of a random
thread, or at the N-th call of one kind. Each is gone on with, which may be
killed as well, until it is done; then everything is as after an undisturbed run.

What is done to a scene follows from the seed and the scene's number. Where in
the run a time falls is for the machine to say.
"""

import collections
import concurrent.futures
import json
import os
import random
import subprocess

from courses import COURSES
from scene import badly_ended
from sweep import KILL_AT

ROW = "kill loop"
# Times that one scene is killed, at most.
MOST = 4


class Killer:
    """Starts troupe for one scene and kills it."""

    def __init__(self, scene, picker):
        self.scene = scene
        self.picker = picker
        # By how it was done.
        self.kills = collections.Counter()
        self.trouble = []

    def strike(self, arguments, seconds):
        """A call that is killed, if it does not end before. `seconds`: how long
        it takes undisturbed."""
        how = self.picker.choice(["time", "thread", "call"])
        done = getattr(self, "at_" + how)(arguments, seconds)
        if done.returncode in (-9, 137):
            self.kills[how] += 1
        else:
            self.trouble += badly_ended(done)

    def at_call(self, arguments, _):
        name = self.picker.choice(KILL_AT)
        number = int(2 ** self.picker.uniform(0, 8))
        return self.scene.inject(arguments, name, "signal=KILL", number)

    def at_time(self, arguments, seconds):
        runner = self.start(arguments)
        if self.lives(runner, seconds):
            runner.kill()
        return self.end_of(runner)

    def at_thread(self, arguments, seconds):
        runner = self.start(arguments)
        call = self.picker.randint(1, 12)
        which = self.picker.random()
        if self.lives(runner, seconds):
            try:
                threads = sorted(os.listdir("/proc/%d/task" % runner.pid))
            except FileNotFoundError:
                threads = []
            # It may end before it is found, or before it makes so many calls.
            if threads:
                subprocess.run(
                    ["strace", "-qq", "-o", "/dev/null", "-p",
                     threads[int(which * len(threads))], "-e",
                     "inject=all:signal=KILL:when=%d" % call],
                    stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        return self.end_of(runner)

    def start(self, arguments):
        return subprocess.Popen(
            self.scene.command(arguments), env=self.scene.surroundings(),
            text=True, errors="replace", stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def lives(self, runner, seconds):
        """Waits for a random time; false when it has ended meanwhile."""
        try:
            runner.wait(self.picker.uniform(0, seconds))
            return False
        except subprocess.TimeoutExpired:
            return True

    def end_of(self, runner):
        out, err = runner.communicate(timeout=60)
        self.scene.said += [out, err]
        return subprocess.CompletedProcess(runner.args, runner.returncode, out,
                                           err)


def journals(scene):
    """What is wrong with the list of runs, or with the journal of one."""
    listed = scene.call(["runs", "--json"])
    if listed.returncode != 0:
        return ["the runs cannot be listed: " + listed.stderr]
    shown = [scene.call(["runs", json.loads(line)["run"], "--json"])
             for line in listed.stdout.splitlines()]
    return ["a journal cannot be read: " + each.stderr for each in shown
            if each.returncode != 0]


def what_stays(scene):
    """What a killed run has left for the next one is gone after that."""
    plan = scene.path("nothing.json")
    with open(plan, "w") as out:
        out.write('{"tasks": []}')
    scene.call(["run", plan, "-q"])
    folder = os.path.join(scene.state, "tmp")
    left = os.listdir(folder) if os.path.isdir(folder) else []
    return ["%s was left behind" % os.path.join(folder, name)
            for name in left] + ["%s was left behind" % path
                                 for path in scene.leftovers()]


def one_scene(arena, seed, number):
    """Which course it was, how often and how it was killed, and what is wrong in
    the end."""
    picker = random.Random("%d/%d" % (seed, number))
    course = picker.choice(COURSES)
    scene = course.scene(arena)
    try:
        course.begin(scene)
        killer = Killer(scene, picker)
        arguments = course.arguments(scene)
        for _ in range(picker.randint(1, MOST)):
            killer.strike(arguments, course.clean["seconds"])
            killer.trouble += journals(scene)
            arguments = course.way_on(scene)
            if arguments is None or killer.trouble:
                break
        trouble = killer.trouble or course.go_on(scene)
        return course.name, killer.kills, trouble + what_stays(scene)
    finally:
        scene.close()


def run(arena, kills, seed, tally, only=None):
    """Scenes until there were so many kills; `only`: the number of one."""
    for course in COURSES:
        course.undisturbed(arena)
    done, number = collections.Counter(), 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        while done.total() < kills:
            numbers = range(number, number + 2 * os.cpu_count())
            if only is not None:
                numbers, kills = [only], 0
            for at, (name, killed, trouble) in zip(numbers, pool.map(
                    lambda each: one_scene(arena, seed, each), numbers)):
                done += killed
                tally.note(ROW, name, trouble, "scene %d" % at,
                           killed.total())
            number = numbers[-1] + 1
    print("kill loop: %d kills in %d scenes: %s" % (
        done.total(), number, ", ".join("%d by %s" % (done[how], how)
                                        for how in sorted(done))), flush=True)
