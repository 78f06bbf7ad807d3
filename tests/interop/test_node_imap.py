"""node-imap, from npm."""

import pathlib

import npm
from days_work import do_with

FAST = True
PACKAGES = ["nodejs", "npm"]


def test_does_a_days_work():
    do_with("node", pathlib.Path(__file__).with_name("node_imap.js"), ROOST_NODE_MODULES=npm.install())
