"""PHP's imap extension (c-client)."""

import pathlib

from days_work import do_with

FAST = True
PACKAGES = ["php8.2-cli", "php8.2-imap"]


def test_does_a_days_work():
    # Its STARTTLS offers TLS 1.0 and nothing newer, which is refused.
    do_with("php", pathlib.Path(__file__).with_name("php_imap.php"), securities=("clear", "tls"))
