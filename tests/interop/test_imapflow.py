"""imapflow, from npm: a day's work over COMPRESS, and coming back over QRESYNC."""

import os
import pathlib
import subprocess

import npm
from mail import PASSWORD, in_clear_and_with_tls

HERE = pathlib.Path(__file__).resolve().parent
FAST = True
PACKAGES = ["nodejs", "npm"]


def run(script):
    modules = npm.install()

    def work(server, tls):
        port = server.ports["imaps" if tls else "imap"]
        done = subprocess.run(
            ["node", HERE / script, str(port), "tls" if tls else "clear", "alice", PASSWORD, server.certificate],
            capture_output=True, text=True, timeout=120, env=dict(os.environ, ROOST_NODE_MODULES=modules))
        assert done.returncode == 0, done.stdout + done.stderr
        assert "all is well" in done.stdout

    in_clear_and_with_tls(work)


def test_does_a_days_work():
    run("imapflow.mjs")


def test_comes_back_over_qresync():
    run("imapflow_qresync.mjs")
