"""Perl's Mail::IMAPClient."""

import pathlib

from days_work import do_with

FAST = True
PACKAGES = ["libmail-imapclient-perl", "libio-socket-ssl-perl"]


def test_does_a_days_work():
    do_with("perl", pathlib.Path(__file__).with_name("mail_imapclient.pl"))
