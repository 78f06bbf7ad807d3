"""What a scenario written in IMAP4rev1's terms expects from a server whose client has enabled IMAP4rev2 (RFC 9051).

SELECT says LIST, and neither RECENT nor UNSEEN (6.3.2); RENAME says LIST with OLDNAME (6.3.9.7); nothing is \\Recent
(appendix E 12); SEARCH is answered with ESEARCH (6.4.4). Everything else is the same in both.
"""

import re


def number_set(numbers):
    """As in an answer: ascending, consecutive numbers as ranges."""
    ranges = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ",".join(f"{a}" if a == b else f"{a}:{b}" for a, b in ranges).encode()


def esearch(expected, command):
    """`* SEARCH 2 3 5 (MODSEQ 9)`, as the answer to `command`, in ESEARCH. What follows `* SEARCH ...` may be any."""
    tag, words = command.split(b" ", 1)
    if expected == b"* SEARCH ...":
        return b'* ESEARCH (TAG "%s") ...' % tag
    found = re.fullmatch(rb"\* SEARCH((?: \d+)*)(?: \(MODSEQ (.+)\))?", expected)
    if not found:
        return expected
    line = b'* ESEARCH (TAG "%s")' % tag
    if words.upper().startswith(b"UID"):
        line += b" UID"
    if found[1]:
        line += b" ALL " + number_set(int(n) for n in found[1].split())
    return line + (b" MODSEQ " + found[2] if found[2] else b"")


def translated(expected, command):
    """An expected line, or nothing where IMAP4rev2 has no such line. `command` is the SEARCH that is to be answered."""
    if re.match(rb"\* (\d+ RECENT|\.\.\. RECENT|OK \[UNSEEN )", expected):
        return None
    if expected.startswith(b"* SEARCH"):
        return esearch(expected, command)
    return re.sub(rb"(FLAGS \([^)]*?) ?\\Recent\b", rb"\1", expected).replace(b"FLAGS ( ", b"FLAGS (")


def is_list_of(line, command):
    """The LIST that SELECT, EXAMINE and RENAME say of the mailbox."""
    return line.startswith(b"* LIST (") and re.match(rb"\S+ (SELECT|EXAMINE|RENAME) ", command, re.I) is not None
