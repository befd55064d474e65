"""The ways that a run goes while something happens to it: what is disturbed,
how one goes on, and what the end is compared with."""

import os
import re
import time

from scene import Scene, differences, finish, file_differences


class Course:
    """A plan that runs to its end."""

    def __init__(self, name, plan):
        self.name = name
        self.plan = plan
        self.clean = None

    def scene(self, arena):
        return Scene(arena.troupe, arena.base, self.plan)

    def begin(self, scene):
        """What comes before the disturbance."""

    def arguments(self, scene):
        return scene.run_arguments()

    def undisturbed(self, arena):
        """How it ends when nothing happens to it."""
        if self.clean is not None:
            return self.clean
        scene = self.scene(arena)
        self.begin(scene)
        begun = time.monotonic()
        done = scene.call(self.arguments(scene))
        seconds = time.monotonic() - begun
        if done.returncode != self.code:
            raise SystemExit("the undisturbed %s ends with %s: %s" %
                             (self.name, done.returncode, done.stderr))
        trouble = scene.leaks() + scene.processes()
        if trouble:
            raise SystemExit("the undisturbed %s: %s" % (self.name, trouble))
        modules = {name: task["module"]
                   for name, task in scene.tasks().items()}
        self.clean = {"results": scene.results(), "modules": modules,
                      "files": scene.files(), "seconds": seconds,
                      "failures": scene.failures(),
                      "executions": scene.executions()}
        scene.close()
        return self.clean

    code = 0

    def has_ended(self, now):
        """Whether it has come to its end, as the journal says."""
        return now["state"] == "ok"

    def way_on(self, scene):
        """How one goes on with it; None when it has ended."""
        now = scene.newest()
        if now is None:
            return self.arguments(scene)
        if self.has_ended(now):
            return None
        scene.reported |= set(now["unknown"])
        return scene.resume_arguments("--on-unknown", "rerun")

    def go_on(self, scene):
        """Goes on until the end. What is wrong then."""
        unknown, trouble = finish(scene)
        return [trouble] if trouble else \
            differences(self.clean, scene, unknown)


class Rollback(Course):
    """A plan that fails, and takes back what it did."""

    code = 2

    def arguments(self, scene):
        return scene.run_arguments("-e", '{"fails": true}')

    def has_ended(self, now):
        # As it is meant to, unless a step of it was cut off.
        return now["state"] in ("failed", "undone")

    def go_on(self, scene):
        for _ in range(6):
            arguments = self.way_on(scene)
            if arguments is None:
                break
            done = scene.call(arguments)
            if done.returncode not in (2, 7):
                return ["goes on with %s: %s" % (done.returncode,
                                                 done.stderr)]
        else:
            return ["does not end: %s" % done.stderr]
        return file_differences(self.clean, scene)


class Undo(Course):
    """A run that is undone; one of its files was edited meanwhile."""

    code = 2

    def begin(self, scene):
        done = scene.run("-e", '{"fails": false}')
        if done.returncode != 0:
            raise SystemExit("the run before undo: " + done.stderr)
        with open(os.path.join(scene.root, "new", "large"), "w") as out:
            out.write("edited")

    def arguments(self, scene):
        return ["undo", "last"]

    def way_on(self, scene):
        return self.arguments(scene)

    def go_on(self, scene):
        done = scene.call(self.arguments(scene))
        trouble = [] if done.returncode == self.code else \
            ["ends with %s: %s" % (done.returncode, done.stderr)]
        left = [line for line in done.stdout.splitlines()
                if re.search("not undone|restored, but", line)
                and "/new" not in line]
        return trouble + left + file_differences(self.clean, scene)


class HalfUndone(Course):
    """A run that failed is undone, and somebody goes on with it after that."""

    FILES = 12

    def __init__(self, name):
        tasks = [{"id": "f%d" % n,
                  "copy": {"dest": "{{ root }}/f%d" % n, "content": "new"}}
                 for n in range(self.FILES)]
        tasks.append({"id": "last", "fail": {"msg": "it fails"}})
        super().__init__(name, {"tasks": tasks})

    def begin(self, scene):
        done = scene.run()
        if done.returncode != 2:
            raise SystemExit("the run before undo: " + done.stderr)
        scene.before = scene.files()

    def arguments(self, scene):
        return ["undo", "last"]

    def way_on(self, scene):
        return self.arguments(scene)

    def go_on(self, scene):
        state = scene.newest()["state"]
        left = scene.files()
        trouble = []
        if state == "failed" and left != scene.before:
            trouble.append("nobody knows that it is undone in part")
        if state != "failed":
            done = scene.resume("--rerun-failed")
            if done.returncode != 64:
                trouble.append("goes on over it with %s: %s" %
                               (done.returncode, done.stderr))
            if scene.files() != left:
                trouble.append("resume has changed something")
        done = scene.call(self.arguments(scene))
        if done.returncode != 0:
            trouble.append("ends with %s: %s" % (done.returncode, done.stderr))
        if scene.newest()["state"] != "undone":
            trouble.append("is not undone in the end")
        return trouble + file_differences(self.clean, scene)


COURSES = [Course("every module", "plan.json"),
           Course("constructs", "constructs.yml"),
           Rollback("rollback", "rollback.yml"), Undo("undo", "rollback.yml"),
           HalfUndone("undo, then resume")]
