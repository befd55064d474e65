"""A controller on loopback with hosts that act, and histories for it."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time

HOSTILE = ("\x1b[1;31mred and bold\x1b[0m then \x1b[32mgreen\x1b[0m\n"
           "<script>window.broken = 1</script><img src=x onerror=\"window.broken = 1\">\n"
           "\x1b]0;a title\x07\x1b[2J\x1b[Hnothing is cleared \u202ereversed\u202c\n")
TASKS = [("Wait for the lock", "wait_for"), ("Read the release", "slurp"), ("Refresh packages", "apt"),
         ("Install the server", "apt"), ("Write its settings", "template"), ("Make its folder", "file"),
         ("Fetch the release", "get_url"), ("Unpack it", "unarchive"), ("Say hello", "command"),
         ("Point to the release", "file"), ("Start the service", "service"), ("Ask it for its state", "uri")]
FAILS = 6
CAUSE = "The file at https://mirror.example.com/release.tar.gz could not be fetched: connection refused"


def event(kind, **more):
    return {"v": 1, "event": kind, "seq": "@SEQ@", "run": "@RUN@", "host": "@HOST@", "time": "@TIME@", **more}


def result(number, status="success", **more):
    name, module = TASKS[number % len(TASKS)]
    out = {"id": f"t{number}", "name": name, "module": module, "play": "site", "status": status,
           "changed": number % 4 == 3, "failed": status == "failed", "skipped": status == "skipped", "ignored": False,
           "start": "@TIME@", "end": "@TIME@", "duration": round(0.05 + (number * 7 % 5) * 0.21, 3), "attempts": []}
    out.update(more)
    out.setdefault("output", {"changed": out["changed"], "failed": out["failed"]})
    return out


def ended(number, **more):
    return event("task_ended", task=f"t{number}", result=result(number, **more))


def bodies():
    """What a host tells: (whether it is one that fails -> its events)."""
    common = [event("run_started", plan="site")]
    for n in range(FAILS):
        name, module = TASKS[n]
        common.append(event("task_started", task=f"t{n}", name=name, module=module))
        more = {"status": "skipped", "reason": "when: ansible_os_family == 'RedHat'"} if n == 2 else {}
        if n == 1:
            more["output"] = {"size": "of @HOST@"}
        if n == 4:
            more["diff"] = [{"before_header": "/etc/server.conf", "after_header": "/etc/server.conf",
                             "before": "port 80\nname old\nlog warn\n", "after": "port 80\nname new\nlog warn\n"}]
        common.append(ended(n, **more))
    good, bad = list(common), list(common)
    for n in range(FAILS, len(TASKS)):
        more = {"stdout": HOSTILE, "rc": 0} if n == 8 else {}
        good.append(ended(n, **more))
    good.append(event("run_ended", failed=False, message="all went well", duration=3.5))
    bad.append(ended(FAILS, status="failed", error="connection_failed", msg=CAUSE, stderr="curl: (7) refused\n"))
    bad.append(event("run_ended", failed=True, message="1 task failed", duration=2.5))
    return good, bad


def told_lines(every, rest):
    """For acting_hosts: hosts whose number divided by `every` leaves `rest` fail."""
    good, bad = bodies()
    text = lambda body: json.dumps(body).replace('"@SEQ@"', "@SEQ@")
    return "".join(f"{every} {rest} = {text(x)}\n" for x in bad) + "".join(f"{every} {rest} ! {text(x)}\n" for x in good)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Stage:
    def __init__(self, troupe, actors):
        self.troupe, self.actors = troupe, actors
        self.folder = tempfile.mkdtemp(prefix="visit-stage-")
        self.address = f"127.0.0.1:{free_port()}"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.controller = self.hosts = None
        self.do("controller", "init", self.path("c"), "--address", self.address)
        self.do("key", "new", self.path("release"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def do(self, *words):
        done = subprocess.run([self.troupe, *words], capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"troupe {' '.join(words)}: {done.stderr}")
        return done.stdout

    def start(self):
        self.log = open(self.path("log"), "a+")
        self.controller = subprocess.Popen(
            [self.troupe, "controller", "run", self.path("c"), "--listen", self.address, "--http", str(self.port)],
            stdout=self.log, stderr=self.log)
        end = time.monotonic() + 60
        while "HTTP at" not in open(self.path("log")).read():
            if self.controller.poll() is not None or time.monotonic() > end:
                raise RuntimeError(open(self.path("log")).read())
            time.sleep(0.05)

    def stop(self):
        self.controller.terminate()
        self.controller.wait(30)
        self.log.close()
        os.remove(self.path("log"))

    def token(self, name, role):
        return self.do("controller", "http-token", self.path("c"), "--name", name, "--role", role).strip().split("\n")[0]

    def make_hosts(self, count, pace):
        """Before the controller runs."""
        self.hosts = subprocess.Popen([self.actors, self.path("c"), str(count), str(pace)],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.hosts.stdout.readline() == "ready\n"

    def let_join(self, every, rest):
        with open(self.path("told"), "w") as out:
            out.write(told_lines(every, rest))
        self.hosts.stdin.write(f"{self.address}\n{self.path('told')}\n")
        self.hosts.stdin.flush()
        assert self.hosts.stdout.readline() == "joined\n"

    def sign(self, name):
        with open(self.path("site.yml"), "w") as out:
            out.write("tasks:\n  - debug: {msg: hello}\n")
        with open(self.path(name), "w") as out:
            out.write(self.do("fleet", "sign", self.path("site.yml"), "--hosts", "all", "--key", self.path("release.key")))
        return self.path(name)

    def fill(self, run, hosts, tasks, failing=17):
        """A run that is over, in the store of a controller that does not run."""
        in_ = sqlite3.connect(self.path("c/history.db"))
        now = int(time.time()) - 3600
        in_.execute("INSERT INTO run VALUES (?,?,?,?,?,?,?,?,?,?)",
                    (run, "00" * 32, b"", "release", 100, "operator alice", "{}", "failed", now, now + 900))
        for h in range(hosts):
            name, fails = f"node{h:05}", h % (hosts // failing) == 3 and h // (hosts // failing) < failing
            in_.execute("INSERT INTO run_host VALUES (?,?,?,?,?,?)",
                        (run, name, 0, "failed" if fails else "ok", "1 task failed" if fails else "", now))
            in_.execute("INSERT INTO member VALUES (?,0,?,'',0,?,?,'0.1.0','192.0.2.1',?,'{}')",
                        (name, "ab" * 32, now, now, f"rack{h % 40:02}"))
        sequence = 0
        for t in range(tasks):
            at = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(now + 10 * t))
            for h in range(hosts):
                fails = h % (hosts // failing) == 3 and h // (hosts // failing) < failing
                if fails and t > tasks // 2:
                    continue
                more = {"status": "failed", "error": "connection_failed", "msg": CAUSE} if fails and t == tasks // 2 else {}
                body = event("task_ended", task=f"t{t}", result=result(t, start=at, end=at, **more))
                body.update(seq=t, run=run, host=f"node{h:05}", time=at)
                in_.execute("INSERT INTO event (host, run, part, sequence, rank, body) VALUES (?,?,1,?,1,?)",
                            (f"node{h:05}", run, t + 1, json.dumps(body)))
        in_.commit()
        in_.close()

    def close(self):
        for each in (self.hosts, self.controller):
            if each and each.poll() is None:
                each.terminate()
                each.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)
