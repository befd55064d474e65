#!/usr/bin/env python3
"""Kills a controller again and again while hosts tell it of runs, and looks
whether it has each event of each run once and in order in the end, as the run
has shown them. Everything is on loopback and in a folder of its own.
"""

import argparse
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

PLAN = """tasks:
  - name: begin
    debug: {msg: here}
  - name: work
    command: /bin/true
    loop: [1, 2, 3, 4, 5]
  - name: say
    debug: {msg: "{{ item }}"}
    loop: [a, b, c]
  - name: end
    command: /bin/true
"""

# What a command may take; a run ends three seconds after its last task.
PATIENCE = 60


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


class Fleet:
    def __init__(self, troupe, folder):
        self.troupe = troupe
        self.folder = folder
        self.address = "127.0.0.1:%d" % free_port()
        self.environment = {"PATH": os.environ["PATH"], "HOME": folder}
        self.controller = None
        self.do("controller", "init", "c", "--address", self.address)
        self.start()

    def do(self, *words):
        return subprocess.run(
            [self.troupe, *words], cwd=self.folder, env=self.environment,
            check=True, timeout=PATIENCE, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE).stdout

    def start(self):
        self.controller = subprocess.Popen(
            [self.troupe, "controller", "run", "c", "--listen", self.address],
            cwd=self.folder, env=self.environment, text=True,
            stdout=subprocess.PIPE)
        line = self.controller.stdout.readline()
        if "listening" not in line:
            raise SystemExit("the controller did not begin again")

    def kill(self):
        self.controller.send_signal(signal.SIGKILL)
        self.controller.wait()
        self.controller.stdout.close()

    def join(self, name, role):
        token = os.path.join(self.folder, name + ".token")
        with open(token, "w") as to:
            to.write(self.do("controller", "token", "c", "--name", name,
                             "--role", role))
        self.do("agent", "join", self.address, "--name", name, "--token",
                token, "--dir", name)

    def run(self, host):
        """The lines that a run has shown."""
        done = subprocess.run(
            [self.troupe, "run", "plan.yml", "--controller", self.address,
             "--membership", host, "--state-dir", host + ".state", "--output",
             "ndjson"],
            cwd=self.folder, env=self.environment, timeout=PATIENCE, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise SystemExit("a run failed: " + done.stderr)
        return done.stdout.splitlines()

    def leftovers(self, host):
        return [each for each in os.listdir(
            os.path.join(self.folder, host, "runs")) if each.endswith("spool")]


def numbers(lines):
    return [json.loads(each)["seq"] for each in lines]


def keep_running(fleet, host, stop, shown):
    while not stop.is_set():
        shown.append(fleet.run(host))


def judge(fleet, runs):
    """How many events there are, and what is wrong with them."""
    events = 0
    trouble = []
    for lines in runs:
        run = json.loads(lines[0])["run"]
        told = fleet.do("fleet", "logs", run, "--json", "--dir",
                        "eve").splitlines()
        events += len(told)
        if numbers(told) != numbers(lines):
            trouble.append("run %s has shown %s, and the controller has %s" %
                           (run, numbers(lines), numbers(told)))
    return events, trouble


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--troupe", required=True)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--hosts", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.randrange(10 ** 6))
    given = parser.parse_args()
    chance = random.Random(given.seed)
    folder = tempfile.mkdtemp()
    fleet = Fleet(os.path.abspath(given.troupe), folder)
    try:
        with open(os.path.join(folder, "plan.yml"), "w") as to:
            to.write(PLAN)
        fleet.join("eve", "viewer")
        hosts = ["web%d" % i for i in range(given.hosts)]
        shown = {host: [] for host in hosts}
        stop = threading.Event()
        threads = []
        for host in hosts:
            fleet.join(host, "runner")
            threads.append(threading.Thread(
                target=keep_running, args=(fleet, host, stop, shown[host])))
        for each in threads:
            each.start()
        for _ in range(given.kills):
            time.sleep(chance.uniform(0, 0.3))
            fleet.kill()
            fleet.start()
        stop.set()
        for each in threads:
            each.join()
        trouble = []
        for host in hosts:
            # Now that nobody is killed each run sends what was left.
            shown[host].append(fleet.run(host))
            if fleet.leftovers(host):
                trouble.append(host + " has something left to send")
        runs = [lines for host in hosts for lines in shown[host]]
        events, wrong = judge(fleet, runs)
        trouble += wrong
        print("seed %d: %d kills, %d runs, %d events, %d violations" %
              (given.seed, given.kills, len(runs), events, len(trouble)))
        print("\n".join(trouble[:10]))
        return 1 if trouble else 0
    finally:
        fleet.kill()
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
