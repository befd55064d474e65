"""The ways that a run goes while something happens to it: what is disturbed,
how one goes on, and what the end is compared with."""

import os
import re

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
        done = scene.call(self.arguments(scene))
        if done.returncode != self.code:
            raise SystemExit("the undisturbed %s ends with %s: %s" %
                             (self.name, done.returncode, done.stderr))
        trouble = scene.leaks() + scene.processes()
        if trouble:
            raise SystemExit("the undisturbed %s: %s" % (self.name, trouble))
        modules = {name: task["module"]
                   for name, task in scene.tasks().items()}
        self.clean = {"results": scene.results(), "modules": modules,
                      "files": scene.files(),
                      "executions": scene.executions()}
        scene.close()
        return self.clean

    code = 0

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

    def go_on(self, scene):
        unknown = set()
        for _ in range(6):
            now = scene.newest()
            if now is None:
                done = scene.call(self.arguments(scene))
            elif now["state"] == "failed":
                # As it is meant to, unless a step of it was cut off.
                break
            else:
                unknown |= set(now["unknown"])
                done = scene.resume("--on-unknown", "rerun")
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

    def go_on(self, scene):
        done = scene.call(self.arguments(scene))
        trouble = [] if done.returncode == self.code else \
            ["ends with %s: %s" % (done.returncode, done.stderr)]
        left = [line for line in done.stdout.splitlines()
                if re.search("not undone|restored, but", line)
                and "/new" not in line]
        return trouble + left + file_differences(self.clean, scene)


COURSES = [Course("every module", "plan.json"),
           Course("constructs", "constructs.yml"),
           Rollback("rollback", "rollback.yml"), Undo("undo", "rollback.yml")]
