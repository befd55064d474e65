#!/usr/bin/env python3
"""Playbooks, compared with ansible-playbook and with bare ssh: playbooks.py --troupe PROGRAM

Hosts are addresses of loopback in a network namespace of its own, behind one sshd with its own keys: this
needs root. Each figure is a median of --runs; Ansible is run --ansible-runs times, for it takes minutes.
Rows: P1 a role of 60 tasks on this host, the second time; P2 five hosts over ssh, 200 tasks; P3 a hundred
hosts, one command; P4 a second command on them; P5 the start of 2,000 tasks in 50 roles."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

AIMS = {"P1": 50, "P2": 30, "P3": 1.3, "P4": 1 / 20, "P5": 0.150}


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)


def timed(argv, env, runs):
    times = []
    for _ in range(runs):
        begin = time.monotonic()
        ran = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        times.append(time.monotonic() - begin)
        if ran.returncode != 0:
            sys.exit(f"{argv} ended with {ran.returncode}:\n{ran.stdout.decode()[-2000:]}")
    return statistics.median(times)


class Stage:
    def __init__(self, folder, troupe, hosts):
        self.folder, self.troupe = folder, troupe
        self.env = {**os.environ, "HOME": f"{folder}/home", "ANSIBLE_LOCAL_TEMP": f"{folder}/tmp",
                    "ANSIBLE_HOST_KEY_CHECKING": "False", "ANSIBLE_NOCOLOR": "1",
                    # As fast as Ansible can be made without plugins.
                    "ANSIBLE_PIPELINING": "True",
                    "ANSIBLE_SSH_ARGS": f"-o ControlMaster=auto -o ControlPersist=60s -o ControlPath={folder}/cp-%h"}
        os.makedirs(f"{folder}/home")
        self.start_sshd()
        inventory = ["[web]"] + [f"web{i} ansible_host=127.1.{i // 200}.{1 + i % 200}" for i in range(hosts)]
        inventory += ["[web:vars]", f"ansible_ssh_private_key_file={folder}/key",
                      "ansible_ssh_common_args='-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR'",
                      f"ansible_remote_tmp={folder}/remote", "ansible_python_interpreter=/usr/bin/python3"]
        write(f"{folder}/hosts", "\n".join(inventory) + "\n")

    def start_sshd(self):
        folder = self.folder
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        for name in ("hostkey", "key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/{name}"], check=True)
        shutil.copy(f"{folder}/key.pub", f"{folder}/authorized")
        write(f"{folder}/sshd_config",
              f"Port 22\nListenAddress 0.0.0.0\nHostKey {folder}/hostkey\nAuthorizedKeysFile {folder}/authorized\n"
              "PidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin yes\nMaxStartups 1000\nUseDNS no\n")
        os.makedirs("/run/sshd", exist_ok=True)
        self.sshd = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", f"{folder}/sshd_config"],
                                     stderr=subprocess.PIPE, text=True)
        for line in self.sshd.stderr:
            if "listening" in line:
                break
        # Nobody reads what it says later.
        subprocess.Popen(["cat"], stdin=self.sshd.stderr, stdout=subprocess.DEVNULL)

    def ours(self, playbook, *more):
        return [self.troupe, "run", playbook, "-q", "--no-state", *more]

    def play(self, name, hosts, tasks, facts=False):
        path = f"{self.folder}/{name}.yml"
        write(path, f"- hosts: {hosts}\n  gather_facts: {str(facts).lower()}\n  tasks:\n"
              + "".join(f"    - {each}\n" for each in tasks))
        return path


def role(stage):
    """60 tasks of the kinds that roles have."""
    tasks = []
    for i in range(12):
        where = f"{stage.folder}/role-{i}"
        tasks += [f"file: {{path: {where}, state: directory, mode: '0755'}}",
                  f"copy: {{content: 'x = {i}', dest: {where}/conf, mode: '0644'}}",
                  f"lineinfile: {{path: {where}/conf, line: 'y = {i}'}}",
                  f"template: {{src: t.j2, dest: {where}/made}}",
                  f"stat: {{path: {where}/made}}"]
    write(f"{stage.folder}/templates/t.j2", "{% for i in range(20) %}\n{{ i }} {{ inventory_hostname }}\n{% endfor %}\n")
    return stage.play("role", "localhost", tasks)


def many_roles(stage):
    for i in range(50):
        tasks = "".join(f"- name: task {j}\n  copy: {{content: x, dest: /nowhere/{j}}}\n  when: wanted_{i} | default(false)\n"
                        for j in range(40))
        write(f"{stage.folder}/roles/r{i}/tasks/main.yml", tasks)
        write(f"{stage.folder}/roles/r{i}/defaults/main.yml", f"a_{i}: 1\nb_{i}: '{{{{ a_{i} }}}}'\n")
    path = f"{stage.folder}/roles.yml"
    write(path, "- hosts: localhost\n  gather_facts: false\n  roles: [" + ", ".join(f"r{i}" for i in range(50)) + "]\n")
    return path


def measure(stage, args):
    env, folder = stage.env, stage.folder
    hosts = ["-i", f"{folder}/hosts"]
    ansible = shutil.which("ansible-playbook") if args.ansible_runs else None
    rows = []

    def against(row, what, playbook, *more):
        timed(stage.ours(playbook, *more), env, 1)
        own = timed(stage.ours(playbook, *more), env, args.runs)
        if not ansible:
            rows.append((row, what, own, None, None))
            return
        timed([ansible, playbook, *more], env, 1)
        theirs = timed([ansible, playbook, *more], env, args.ansible_runs)
        rows.append((row, what, own, theirs, theirs / own))

    against("P1", "a role of 60 tasks, the second time; x Ansible", role(stage))
    five = stage.play("five", "web[0:4]", [f"copy: {{content: x, dest: '{folder}/{{{{ inventory_hostname }}}}-{i % 20}'}}"
                                           for i in range(200)])
    against("P2", "5 hosts over ssh, 200 tasks; x Ansible", five, *hosts)
    one = stage.play("one", "web", ["command: 'true'"])
    two = stage.play("two", "web", ["command: 'true'"] * 21)
    forks = str(args.forks)
    bare = ["xargs", "-P", forks, "-I{}", "-a", f"{folder}/addresses", "ssh", "-T", "-i", f"{folder}/key", "-o",
            "UserKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR", "{}", "true"]
    write(f"{folder}/addresses", "".join(f"127.1.{i // 200}.{1 + i % 200}\n" for i in range(args.hosts)))
    timed(stage.ours(one, *hosts, "-f", forks), env, 1)
    loop, first, more = [], [], []
    # By turns: what the machine does meanwhile is the same for all.
    for _ in range(args.runs):
        loop.append(timed(bare, env, 1))
        first.append(timed(stage.ours(one, *hosts, "-f", forks), env, 1))
        more.append(timed(stage.ours(two, *hosts, "-f", forks), env, 1))
    loop, first, more = map(statistics.median, (loop, first, more))
    rows.append(("P3", f"{args.hosts} hosts, one command; x a loop of bare ssh", first, loop, first / loop))
    rows.append(("P4", "one command more on all of them; x the first", (more - first) / 20, first, (more - first) / 20 / first))
    start = timed(stage.ours(many_roles(stage)), env, args.runs)
    rows.append(("P5", "2,000 tasks in 50 roles, all skipped: seconds", start, None, start))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--troupe", required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--ansible-runs", type=int, default=1)
    parser.add_argument("--hosts", type=int, default=100)
    parser.add_argument("--forks", type=int, default=20)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if not args.inside:
        if os.geteuid() != 0:
            sys.exit("playbooks.py: hosts of its own need root (unshare -n)")
        os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv, "--inside"])
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(folder, os.path.abspath(args.troupe), args.hosts)
        try:
            rows = measure(stage, args)
        finally:
            stage.sshd.terminate()
            stage.sshd.wait()
    print(f"{'row':4} {'what':52} {'ours':>9} {'other':>9} {'ratio':>8} {'aim':>7}")
    for row, what, own, other, ratio in rows:
        shown = f"{other:8.2f}s" if other is not None else "-"
        print(f"{row:4} {what:52} {own:8.3f}s {shown:>9} {ratio if ratio is not None else float('nan'):8.3f} {AIMS[row]:7.3g}")


if __name__ == "__main__":
    main()
