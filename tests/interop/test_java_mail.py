"""Java Mail (the reference implementation)."""

import pathlib

from days_work import do_with

FAST = False
PACKAGES = ["libmail-java", "default-jdk-headless"]


def test_does_a_days_work():
    libraries = "/usr/share/java/javax.mail.jar:/usr/share/java/javax.activation.jar"
    do_with("java", "-Duser.timezone=UTC", "-Dfile.encoding=UTF-8", "-cp", libraries,
            pathlib.Path(__file__).with_name("JavaMailDay.java"))
