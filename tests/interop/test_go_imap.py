"""go-imap, which is compiled from Debian's sources and needs no network."""

import os
import pathlib
import subprocess

from days_work import do_with
from roost import ROOT

FAST = False
PACKAGES = ["golang-go", "golang-github-emersion-go-imap-dev"]
BUILD = ROOT / "build/go"


def test_does_a_days_work():
    source, program = pathlib.Path(__file__).with_name("go_imap_day.go"), BUILD / "go_imap_day"
    subprocess.run(["go", "build", "-o", program, source], check=True, timeout=600,
                   env=dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode", GOCACHE=str(BUILD / "cache")))
    do_with(program)
