#!/usr/bin/env python3
"""Flips, zeroes and cuts off octets in every kind of file of a store, and looks what users are shown of it.

usage: tests/rot/run.py [--rounds N] [--seed S] [KIND…]     rounds of each kind of file; all kinds, or those named

Whatever was damaged: nothing crashes, no wrong octet is served, and nothing is missing in silence. Either the server says
in one sentence that it cannot open the store, or it serves all that is whole, refuses what is not with NO, and
`roost check` (by the running server, and by itself) names the damage. Damage comes while the server is down and, for
bodies, also while it runs.
"""

import argparse
import hashlib
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from roost import BINARY, Lines, Server, wait_for  # noqa: E402

CONFIG = "[mail]\ntail_bytes_min = 16384\n[store]\nwrite_buffer_bytes_max = 1048576\n"
LOGIN = ("alice", "wonder-land 1")
MESSAGES = 60
AFTER_CHECKPOINT = 12
SIZES = [400, 6_000, 300_000]
SEARCHES = 12  # of each store that is looked at

# Which files, and whether the server was killed (so that its log holds something) before they are damaged.
KINDS = {
    "body": ("store/blobs/??/*/*", False),
    "table": ("store/db/*.sst", False),
    "index": ("store/db/*.sst", False),  # those of the search index
    "pack": ("store/db/*.blob", False),
    "log": ("store/db/*.log", True),
    "manifest": ("store/db/MANIFEST-*", False),
    "current": ("store/db/CURRENT", False),
    "identity": ("store/db/IDENTITY", False),
    "settings": ("store/db/OPTIONS-*", False),
    "format": ("store/format", False),
    "parsing": ("store/parsing", False),
    "mark": ("store/manifest", False),
    "users": ("auth/users", False),
}


def line_of(number, line):
    return hashlib.sha256(f"{number}/{line}".encode()).hexdigest()


def message(number):
    """Octets that no compression shortens, so that a flip is never lost on it."""
    lines = [line_of(number, line) for line in range(SIZES[number % len(SIZES)] // 66 + 1)]
    return (f"Subject: message {number}\r\n\r\n" + "\r\n".join(lines) + "\r\n").encode()


def connect(server):
    connection = Lines(server.connect())
    connection.line()
    return connection


def fill(server, first, count):
    connection = connect(server)
    connection.login(*LOGIN)
    for number in range(first, first + count):
        data = message(number)
        connection.ok(b"APPEND INBOX {%d+}\r\n" % len(data) + data)
    connection.close()


def is_indexed(server):
    return json.loads(server.command("index", "status", LOGIN[0], "--json"))["state"] == "up to date"


def make_stores(directory):
    """Two data directories: of a server that ended, and of one that was killed."""
    (directory / "ended").mkdir()
    with Server(config=CONFIG, data=directory / "ended", users=(LOGIN,)) as server:
        fill(server, 0, MESSAGES - AFTER_CHECKPOINT)
        server.command("checkpoint", LOGIN[0])
        wait_for(lambda: is_indexed(server), lambda: "the search index does not follow", 60)
        server.restart()
        fill(server, MESSAGES - AFTER_CHECKPOINT, AFTER_CHECKPOINT)
        server.kill()
        shutil.copytree(server.data, directory / "killed", ignore=shutil.ignore_patterns("*.sock"))
        server.start()


def files_of(kind, data):
    files = sorted(p for p in data.glob(KINDS[kind][0]) if p.stat().st_size > 0)
    if kind != "index":
        return files
    of_index = [p for p in files if b"nameindex" in p.read_bytes()]  # its properties, as RocksDB writes them
    assert of_index, "no table of the search index"
    return of_index


def damage(path, source):
    """Changes the file; gives what was done. The end of a log looks like one that was being written when the power went,
    and docs/promises.md promises nothing of it: there the damage comes before, so that a later sync vouches for it."""
    data = bytearray(path.read_bytes())
    is_log = path.suffix == ".log"
    at = source.randrange(len(data) // 2 if is_log else len(data))
    how = source.choice(["flip", "flip", "zeroes"] if is_log else ["flip", "flip", "zeroes", "cut"])
    if how == "flip":
        data[at] ^= 1 << source.randrange(8)
    elif how == "zeroes":
        end = min(len(data), at + 512)
        if not any(data[at:end]):
            return None
        data[at:end] = bytes(end - at)
    else:
        del data[at:]
    path.write_bytes(data)
    return f"{how} at {at} of {path.name}"


def read_all(server):
    """Which messages were refused. Every octet that is served must be right."""
    connection = connect(server)
    login = connection.command(f'LOGIN {LOGIN[0]} "{LOGIN[1]}"'.encode())
    if not login[-1].startswith(b"t OK"):
        return ["the login"]
    told = connection.command(b"SELECT INBOX")
    if not told[-1].startswith(b"t OK"):
        return ["the mailbox"]
    exists = int(next(m[1] for r in told if (m := re.match(rb"\* (\d+) EXISTS", r))))
    assert exists == MESSAGES, f"{exists} messages are shown, and nothing says why"
    refused = []
    for uid in range(1, MESSAGES + 1):
        responses = connection.command(b"UID FETCH %d (ENVELOPE BODY.PEEK[])" % uid)
        if not responses[-1].startswith(b"t OK"):
            assert responses[-1].startswith(b"t NO"), responses[-1]
            refused.append(f"uid {uid}")
            continue
        expected = message(uid - 1)
        whole = b"BODY[] {%d}\r\n" % len(expected) + expected
        assert whole in responses[0], f"wrong octets of uid {uid}: {responses[0][:200]!r}"
        assert b'"message %d"' % (uid - 1) in responses[0], f"a wrong envelope of uid {uid}: {responses[0][:200]!r}"
    search_some(connection, {number + 1 for number in range(MESSAGES)} - {int(uid.split()[1]) for uid in refused})
    connection.close()
    return refused


def search_some(connection, readable):
    """What is in a message that can be read is found there and nowhere else, whatever is left of the search index; and
    where one cannot be read, the client is told."""
    for number in range(0, MESSAGES, MESSAGES // SEARCHES):
        responses = connection.command(b"UID SEARCH BODY " + line_of(number, 0).encode())
        found = [int(uid) for r in responses if r.startswith(b"* SEARCH") for uid in r.split()[2:]]
        assert responses[-1].startswith(b"t OK"), responses[-1]
        expected = [number + 1] if number + 1 in readable else []
        assert found in (expected, [number + 1]), f"SEARCH finds {found} instead of {expected}"
        told = responses[0].startswith(b"* NO [CORRUPTION] ")
        assert found or told, f"SEARCH says nothing of uid {number + 1}, which cannot be read"


def start_or_reason(server):
    """None once it serves; else what it said, which must be one clear sentence and not a crash."""
    done = subprocess.run([BINARY, "--data", server.data, "status"], capture_output=True, text=True, timeout=120)
    if done.returncode == 0:
        server.start()
        return None
    assert done.returncode == 1, f"roost status ended with {done.returncode}: {done.stderr[-1000:]}"
    said = done.stderr.strip().splitlines()[-1]
    assert said.endswith("."), f"not a sentence: {said!r}"
    return said


def judge(server):
    """What became of it, for the summary."""
    reason = start_or_reason(server)
    if reason:
        return f"not opened: {reason}"
    refused = read_all(server)
    check = server.command("check", check=False)
    server.stop()
    alone = server.command("check", check=False)
    if not refused and check.returncode == 0 and alone.returncode == 0:
        return "all is there"
    assert "crash" not in server.log_text(), "the worker crashed: " + server.log_text()[-1000:]
    if refused != ["the login"]:
        assert alone.returncode == 1 and check.returncode == 1, f"{refused} refused, and check says all is well"
        assert re.search(r"^(account|the store)", alone.stdout, re.M), f"check does not name the damage: {alone.stdout} {alone.stderr}"
    repaired = repair(server, refused)
    said = alone.stdout.splitlines()[0] if alone.stdout else ""
    return f"{', '.join(refused) or 'nothing'} refused; {repaired}; check: {said}"


def fetch_all(connection, mailbox):
    """Octets by UID, None where they are refused."""
    if not connection.command(b"SELECT " + mailbox)[-1].startswith(b"t OK"):
        return {}
    found = connection.command(b"UID SEARCH RETURN (ALL) ALL")
    uids = re.search(rb"ALL ([0-9:,]+)", found[0])
    out = {}
    for part in uids[1].split(b",") if uids else []:
        first, _, last = part.partition(b":")
        for uid in range(int(first), int(last or first) + 1):
            responses = connection.command(b"UID FETCH %d BODY.PEEK[]" % uid)
            whole = re.match(rb"\* \d+ FETCH \(.*?BODY\[\] \{(\d+)\}\r\n", responses[0], re.S)
            out[uid] = responses[0][whole.end() : whole.end() + int(whole[1])] if whole else None
    return out


def repair(server, refused):
    """What was served before is served after it; all that is shown is mail that was there, and says when it is not."""
    done = server.command("check", "--repair", check=False)
    assert done.returncode in (0, 1), f"check --repair ended with {done.returncode}: {done.stderr[-1000:]}"
    again = server.command("check", check=False)
    assert again.returncode == done.returncode, f"{done.stdout}{done.stderr} and then {again.stdout}{again.stderr}"
    server.start()
    connection = connect(server)
    if not connection.command(f'LOGIN {LOGIN[0]} "{LOGIN[1]}"'.encode())[-1].startswith(b"t OK"):
        raise AssertionError(f"no login after a repair: {done.stdout}{done.stderr}")
    inbox = fetch_all(connection, b"INBOX")
    recovered = fetch_all(connection, b"Recovered")
    originals = {message(number): number + 1 for number in range(MESSAGES)}
    for uid, data in inbox.items():
        assert data is None or originals.get(data) == uid, f"wrong octets of uid {uid} after a repair"
    for uid, data in recovered.items():
        assert data is None or data in originals, f"wrong octets of Recovered {uid} after a repair"
    found = {originals[data] for data in [*inbox.values(), *recovered.values()] if data is not None}
    named = {uid for uid, data in inbox.items() if data is None}
    if refused not in (["the login"], ["the mailbox"]):
        served = {uid for uid in range(1, MESSAGES + 1) if f"uid {uid}" not in refused}
        assert served <= found, f"lost by the repair: {served - found}: {done.stdout}"
    missing = set(range(1, MESSAGES + 1)) - found - named
    assert not missing or "lost" in done.stdout, f"{missing} are missing, and nothing says so: {done.stdout}"
    if done.returncode == 0:
        assert not named, f"{named} are refused, and check says all is well"
    appended = connection.ok(b"APPEND INBOX {4+}\r\nA: b")
    uid = int(re.search(rb"APPENDUID \d+ (\d+)", appended[-1])[1])
    assert uid > MESSAGES or not inbox, f"uid {uid} was given a second time"
    connection.close()
    server.stop()
    return f"repaired: {len(found)} found, {len(recovered)} of them in Recovered, {len(missing)} missing"


def one_round(kind, stores, directory, source):
    _, killed = KINDS[kind]
    data = directory / "damaged"
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(stores / ("killed" if killed else "ended"), data, ignore=shutil.ignore_patterns("*.sock"))
    what = damage(source.choice(files_of(kind, data)), source)
    if what is None:
        return
    server = Server(config=CONFIG, data=data, users=())
    try:
        outcome = judge(server)
    except AssertionError as e:
        raise AssertionError(f"{kind}: {what}: {e}") from e
    finally:
        if server.process is not None:
            server.kill()
        server.tap.discard()
    print(f"{kind:<10}{what}: {outcome[:150]}", flush=True)


def while_serving(stores, directory, source):
    """Large bodies rot under the running server: each such message is refused, the others are served."""
    data = directory / "serving"
    shutil.copytree(stores / "ended", data, ignore=shutil.ignore_patterns("*.sock"))
    with Server(config=CONFIG, data=data, users=()) as server:
        assert read_all(server) == []
        bodies = sorted(data.glob(KINDS["body"][0]))
        for path in source.sample(bodies, 3):
            with open(path, "r+b") as file:
                file.seek(path.stat().st_size // 2)
                octet = file.read(1)[0]
                file.seek(-1, 1)
                file.write(bytes([octet ^ 0x10]))
        refused = read_all(server)
        assert len(refused) == 3, f"{refused} are refused, and three bodies are damaged"
        check = server.command("check", check=False)
        named = len(re.findall(r"^account \d+: body ", check.stdout, re.M))
        assert check.returncode == 1 and named == 3, f"check names {named}: {check.stdout}{check.stderr}"
        print(f"serving   {', '.join(refused)} refused; check names all three", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*", choices=[[], *KINDS], metavar="KIND")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    source = random.Random(arguments.seed)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="roost-rot-"))
    stores = directory / "stores"
    stores.mkdir()
    passed = 0
    try:
        make_stores(stores)
        while_serving(stores, directory, source)
        passed += 1
        for kind in arguments.kinds or KINDS:
            for _ in range(arguments.rounds):
                one_round(kind, stores, directory, source)
                passed += 1
    except AssertionError as e:
        print(f"FAIL  {e}\n{passed} passed, 1 failed")
        return 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    print(f"{passed} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
