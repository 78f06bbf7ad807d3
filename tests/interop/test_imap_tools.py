"""imap-tools, Python's library above imaplib."""

import pathlib

from days_work import do_with

FAST = True
PACKAGES = ["python3-imap-tools"]


def test_does_a_days_work():
    do_with("/usr/bin/python3", pathlib.Path(__file__).with_name("imap_tools_day.py"))
