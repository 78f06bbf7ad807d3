#!/usr/bin/env python3
"""Runs ImapTest against a Roost of its own: its scripted tests, then its stress mode.

ImapTest (https://github.com/dovecot/imaptest) is not part of this tree; README.md here says which revisions to build.

usage: tests/imaptest/run.py [--imaptest PATH] [--tests DIR] [--seconds N] [--only NAME]…

  --imaptest PATH   the program (default: imaptest)
  --tests DIR       its src/tests; without it the scripted tests are left out
  --only NAME       one scripted test, by the name of its file; may be repeated
  --skip NAME       leave one out; may be repeated
  --seconds N       how long each stress run takes (default 600); 0 leaves them out
  --clients N       clients of a stress run (default 12)
  --seed N          of a stress run (default: from the clock; printed)
  --logs DIR        where a stress run leaves what it said, and what went over each connection (rawlog)
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from roost import Lines, Server  # noqa: E402

PASSWORD = "imaptest-pw-1"
SCRIPTED_USER = "script"
# The strict parser holds all that the server said in memory: of ten minutes that is more than most machines have.
STRICT_SECONDS_MAX = 120
STRESS_USERS = 3
MESSAGES = 200
KEYWORDS = 5
LINE_MAX = 300  # of what ImapTest says; some of its commands are long
CONFIG = "[limits]\nconnections_per_block_max = 1000\n"
# How each stress run is told to look: the flags that ImapTest keeps track of differ, as do the states it goes through.
STRESS = {
    "checkpoints and own flags": ["checkpoint=10", "own_flags"],
    "own messages and QRESYNC": ["own_msgs", "qresync"],
}
STATES = ["list=50", "status=50", "fetch=50", "fetch2=50,30", "search=30", "copy=33,5", "store=50", "delete=20",
          "expunge=20", "append=30,5", "move=20", "noop=15", "check=10", "logout=10"]
STATES_OF_CAPABILITIES = {b"SORT": "sort=10", b"THREAD=REFERENCES": "thread=10"}


def write_mbox(path):
    """Mail for APPEND: each with a Message-ID, headers to search for and a body; some multipart, some 8-bit."""
    words = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu".split()
    text = ""
    for n in range(MESSAGES):
        subject = f"{words[n % 12]} {words[n // 12 % 12]} {n % 25}"
        text += f"From sender@example.org Tue May  5 12:{n // 60:02}:{n % 60:02} 2026\n"
        text += f"From: Sender {n % 17} <sender{n % 17}@example.org>\nTo: list{n % 5}@example.com\n"
        text += f"Subject: {'Re: ' * (n % 3)}{subject}\nDate: Tue, 05 May 2026 12:{n // 60:02}:{n % 60:02} +0000\n"
        text += f"Message-ID: <{n}.imaptest@example.org>\n"
        if n % 3:
            text += f"In-Reply-To: <{n - n % 3}.imaptest@example.org>\n"
        body = "".join(f"{words[(n + i) % 12]} line {i} of message {n}\n" for i in range(3 + n % 40))
        if n % 4 == 0:
            text += f"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n\n{body}\n"
            text += f"--b{n}\nContent-Type: text/html; charset=utf-8\n\n<p>größer {n}</p>\n--b{n}--\n\n"
        else:
            text += f"\n{body}\n"
    path.write_text(text, encoding="utf-8")


def target(server, user):
    return ["host=127.0.0.1", f"port={server.ports['imap']}", f"user={user}", f"pass={PASSWORD}"]


def client_of(server, user):
    client = Lines(server.connect())
    client.response()
    client.login(user, PASSWORD)
    return client


def prepare(server, user):
    """COPY's target, and keywords: ImapTest takes it that -FLAGS of a keyword makes it known, which no RFC says."""
    client = client_of(server, user)
    client.ok(b"CREATE Copies")
    client.ok(b"APPEND INBOX (" + b" ".join(b"$Label%d" % n for n in range(1, KEYWORDS + 1)) + b") {6+}\r\nA: b\r\n")
    client.close()


def states(server):
    client = client_of(server, "stress1")
    announced = client.ok(b"CAPABILITY")[0].split()
    client.close()
    return STATES + [state for name, state in STATES_OF_CAPABILITIES.items() if name in announced]


def known(program, words):
    """Without those states that an older ImapTest does not know; it says so and ends."""
    while True:
        done = subprocess.run([program, *words, "help"], capture_output=True, text=True, timeout=60, check=False)
        unknown = re.search(r"Unknown arg: (\S+)", done.stdout + done.stderr)
        if not unknown or unknown[1] not in words:
            return words
        print(f"this ImapTest does not know {unknown[1]}", flush=True)
        words = [word for word in words if word != unknown[1]]


def scripted_tests(directory, only, skip, into):
    """The tests to run, copied: ImapTest takes all files that a directory holds."""
    for file in sorted(p for p in directory.iterdir() if p.is_file()):
        name = file.name.removesuffix(".mbox")
        if name not in skip and (not only or name in only or name == "default"):
            shutil.copy(file, into)


def run_scripted(server, program, directory):
    """Groups passed and failed. ImapTest leaves out what needs a capability that is not announced."""
    command = [program, *target(server, SCRIPTED_USER), f"mbox={directory}/default.mbox", f"test={directory}"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=900, stdin=subprocess.DEVNULL)
    for line in (done.stdout + done.stderr).strip().splitlines():
        print(line[:LINE_MAX], flush=True)
    match = re.search(r"(\d+) test groups: (\d+) failed, (\d+) skipped", done.stdout)
    if not match:
        print(f"imaptest ended with status {done.returncode} before the end of its tests", flush=True)
        return 0, 1
    groups, failed, skipped = map(int, match.groups())
    print(f"scripted: {groups - failed - skipped} passed, {failed} failed, {skipped} need what is not announced")
    return groups - failed - skipped, failed


def start_stress(server, program, mbox, user, words, options, directory):
    """One ImapTest for each account: of several, it lets clients of one go on in the midst of another's checkpoint."""
    command = [program, *target(server, user), "users=1", f"mbox={mbox}",
               f"clients={options.clients // STRESS_USERS}", "msgs=100", f"secs={options.seconds}",
               f"seed={options.seed}", "copybox=Copies", *words]
    if options.logs:
        command.append("rawlog")
    directory.mkdir(parents=True, exist_ok=True)
    with open(directory / "imaptest.log", "w") as file:
        return subprocess.Popen(command, stdout=file, stderr=file, stdin=subprocess.DEVNULL, cwd=directory)


def run_stress(server, program, mbox, name, words, options):
    """True if it ran to its end without one word of complaint from ImapTest, and the server still stands."""
    print(f"stress, {name}: {options.seconds} s, {options.clients} clients on {STRESS_USERS} accounts, "
          f"seed {options.seed}", flush=True)
    words = known(program, [*words, *states(server)])
    directories = {f"stress{n}": (options.logs or server.data) / name.replace(" ", "-") / f"stress{n}"
                   for n in range(1, STRESS_USERS + 1)}
    runs = {user: start_stress(server, program, mbox, user, words, options, directory)
            for user, directory in directories.items()}
    complaints, statuses = [], []
    for user, run in runs.items():
        statuses.append(run.wait(options.seconds + 300))
        text = (directories[user] / "imaptest.log").read_text(errors="replace")
        print(f"{user}: {text.strip().rsplit(chr(10) * 2, 1)[-1]}", flush=True)
        complaints += re.findall(r"^(?:Error|Warning|Panic|Fatal): .*$|^.*\[\d+\]: .*$", text, re.M)
    for line in complaints[:40]:
        print("  " + line[:LINE_MAX], flush=True)
    print(f"  {len(complaints)} complaints, statuses {statuses}", flush=True)
    return not any(statuses) and not complaints and server.process.poll() is None


def check_accounts(server):
    """What the server holds after it all, recomputed by its own checker."""
    server.stop()
    return server.command("check", check=False).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--imaptest", default="imaptest")
    parser.add_argument("--tests", type=pathlib.Path)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--skip", action="append", default=[])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--clients", type=int, default=12)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--logs", type=pathlib.Path)
    options = parser.parse_args()
    options.seed = options.seed or int(time.time())
    if not shutil.which(options.imaptest):
        parser.error(f"there is no program {options.imaptest}; name it with --imaptest PATH")
    users = {SCRIPTED_USER: PASSWORD, **{f"stress{n}": PASSWORD for n in range(1, STRESS_USERS + 1)}}
    passed = failed = 0
    strict = options.seconds <= STRICT_SECONDS_MAX
    with tempfile.TemporaryDirectory() as scratch, Server(users=users, config=CONFIG, strict=strict) as server:
        if options.tests:
            scripted_tests(options.tests, options.only, options.skip, pathlib.Path(scratch))
            passed, failed = run_scripted(server, options.imaptest, scratch)
        mbox = pathlib.Path(server.data) / "imaptest.mbox"
        write_mbox(mbox)
        for n in range(1, STRESS_USERS + 1):
            prepare(server, f"stress{n}")
        for name, words in STRESS.items() if options.seconds else ():
            good = run_stress(server, options.imaptest, mbox, name, words, options)
            passed, failed = passed + good, failed + (not good)
        good = check_accounts(server)
        passed, failed = passed + good, failed + (not good)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
