"""Ruby's net-imap."""

import pathlib

from days_work import do_with

FAST = True
PACKAGES = ["ruby"]


def test_does_a_days_work():
    do_with("ruby", "-W0", pathlib.Path(__file__).with_name("net_imap.rb"))
