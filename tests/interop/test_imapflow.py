"""imapflow, from npm."""

import os
import pathlib
import shutil
import subprocess

from mail import PASSWORD, in_clear_and_with_tls
from roost import ROOT

FAST = True
PACKAGES = ["nodejs", "npm"]

HERE = pathlib.Path(__file__).resolve().parent
MODULES = ROOT / "build/npm"


def install():
    MODULES.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "package.json").read_text()
    installed = MODULES / "package.json"
    if installed.exists() and installed.read_text() == wanted and (MODULES / "node_modules/imapflow").exists():
        return
    shutil.copy(HERE / "package.json", installed)
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=MODULES, check=True, timeout=300)


def work(server, tls):
    port = server.ports["imaps" if tls else "imap"]
    done = subprocess.run(
        ["node", HERE / "imapflow.mjs", str(port), "tls" if tls else "clear", "alice", PASSWORD],
        capture_output=True, text=True, timeout=120, env=dict(os.environ, ROOST_NODE_MODULES=str(MODULES)))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all is well" in done.stdout


def test_does_a_days_work():
    install()
    in_clear_and_with_tls(work)
