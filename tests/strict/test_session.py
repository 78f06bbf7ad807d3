#!/usr/bin/env python3
"""The strict parser against servers that are wrong, and right, by the examples and the words of the RFCs.

usage: tests/strict/test_session.py
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from grammar import Wrong  # noqa: E402
from session import Session  # noqa: E402

CAPABILITIES = "IMAP4rev1 CONDSTORE QRESYNC ESEARCH ENABLE UIDPLUS MOVE"
LOGIN = f"""
S: * OK [CAPABILITY {CAPABILITIES}] ready
C: l LOGIN alice pw
S: l OK done"""
SELECT = LOGIN + r"""
C: s SELECT INBOX
S: * FLAGS (\Seen \Deleted $Work)
S: * OK [PERMANENTFLAGS (\Seen \Deleted $Work \*)] permitted
S: * 3 EXISTS
S: * 1 RECENT
S: * OK [UIDVALIDITY 7] valid
S: * OK [UIDNEXT 12] next
S: * OK [HIGHESTMODSEQ 50] highest
S: s OK [READ-WRITE] done"""
CONDSTORE = SELECT + """
C: e ENABLE CONDSTORE
S: * ENABLED CONDSTORE
S: e OK done"""
UIDONLY = LOGIN + """
C: e ENABLE UIDONLY
S: * ENABLED UIDONLY
S: e OK done""" + SELECT.removeprefix(LOGIN)
QRESYNC = LOGIN + """
C: e ENABLE QRESYNC
S: * ENABLED QRESYNC
S: e OK done""" + SELECT.removeprefix(LOGIN)

RIGHT = {
    "a message replaced, and a URL that names nothing": SELECT + """
C: a UID REPLACE 3 INBOX CATENATE (URL "/INBOX/;UID=5")
S: * OK [APPENDUID 7 12] replaced
S: * 1 EXPUNGE
S: * 3 EXISTS
S: a OK done
C: b APPEND INBOX CATENATE (URL "/x/;UID=1")
S: b NO [BADURL "/x/;UID=1"] nothing
C: c APPEND INBOX CATENATE (URL "/INBOX/;UID=3" URL "/INBOX/;UID=5")
S: * 4 EXISTS
S: c OK [APPENDUID 7 13] done""",
    "a LIST that asks for what turns CONDSTORE on": SELECT + r"""
C: a LIST "" % RETURN (METADATA ("/shared/comment") STATUS (HIGHESTMODSEQ))
S: * LIST () "/" INBOX
S: * STATUS INBOX (HIGHESTMODSEQ 51)
S: * METADATA INBOX (/shared/comment NIL)
S: * 1 FETCH (FLAGS () MODSEQ (51))
S: a OK done""",
    "a mailbox": SELECT + r"""
C: a FETCH 1:3 (UID FLAGS)
S: * 1 FETCH (UID 3 FLAGS (\Seen))
S: * 2 FETCH (UID 5 FLAGS ())
S: * 3 FETCH (FLAGS ($Work) UID 11)
S: a OK done
C: b NOOP
S: * 2 EXPUNGE
S: * 3 EXISTS
S: b OK done""",
    "copied, and expunged by another before it was known by its UID": SELECT + """
C: a UID FETCH 3 FLAGS
S: * 1 FETCH (UID 3 FLAGS ())
S: * 3 EXPUNGE
S: a OK done
C: c UID COPY 3:9 x
S: * 2 EXPUNGE
S: * 1 EXPUNGE
S: c OK [COPYUID 1 3,9 1:2] done""",
    "literals": LOGIN + """
C: a LOGIN {3}
S: a BAD logged in already
C: b NOOP
S: b OK done""",
    "an answer to IDLE": SELECT + """
C: a IDLE
S: + idling
S: * 2 EXPUNGE
C: DONE
S: a OK done""",
    "annotations": LOGIN + r"""
C: a GETMETADATA "" (DEPTH 1) (/private/vendor)
S: * METADATA "" (/private/vendor/x NIL /private/vendor/y "a")
S: a OK [METADATA LONGENTRIES 2199] done
C: b SETMETADATA INBOX (/private/x NIL)
S: b NO [METADATA TOOMANY] no
C: c ENABLE METADATA
S: * ENABLED METADATA
S: c OK done
C: d NOOP
S: * METADATA INBOX /shared/comment "/private/a b"
S: d OK done""",
    "notifications": SELECT + r"""
C: a NOTIFY SET STATUS (selected (MessageNew (ENVELOPE) MessageExpunge)) (personal (MessageNew MessageExpunge MailboxName))
S: * STATUS box (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 3)
S: a OK done
S: * 4 EXISTS
S: * 4 FETCH (UID 12 ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL))
S: * 1 EXPUNGE
S: * STATUS box (MESSAGES 2 UIDNEXT 3 UIDVALIDITY 3)
S: * LIST (\HasNoChildren) "/" b ("OLDNAME" (a))
C: b STATUS box (MESSAGES)
S: * STATUS box (MESSAGES 2)
S: * STATUS other (MESSAGES 2 UIDNEXT 3 UIDVALIDITY 3)
S: b OK done
S: * OK [NOTIFICATIONOVERFLOW] too many""",
    "VANISHED": QRESYNC + """
C: a NOOP
S: * VANISHED 4,6
S: * 2 EXISTS
S: a OK done""",
    "messages called by their UIDs": UIDONLY + r"""
C: a UID FETCH 1:* FLAGS
S: * 4 UIDFETCH (FLAGS ())
S: * 9 UIDFETCH (FLAGS (\Seen))
S: a OK done
C: b UID FETCH 4 (UID)
S: * VANISHED 9
S: * 4 UIDFETCH (UID 4)
S: b OK done
C: c FETCH 1 FLAGS
S: c BAD [UIDREQUIRED] no numbers""",
    "another user on the same connection": UIDONLY + """
C: a UNAUTHENTICATE
C: b LOGIN bob pw
S: a OK done
S: b OK done
C: c ENABLE UIDONLY
S: * ENABLED UIDONLY
S: c OK done""",
    "progress": SELECT + """
C: a SEARCH TEXT slow
S: * OK [INPROGRESS ("a" 454 1000)] Processed 45% of the items
S: * OK [INPROGRESS] Hang in there...
S: * SEARCH 1 2
S: a OK [MESSAGELIMIT 1000 23221] done""",
    "batches": SELECT + """
C: a UIDBATCHES 2
S: * UIDBATCHES (TAG "a") 11:5,4:1
S: a OK done""",
    "pipelined commands": SELECT + """
C: a NOOP
C: b SEARCH ALL
S: * 1 EXPUNGE
S: a OK done
S: * SEARCH 1 2
S: b OK done""",
    "a name in modified UTF-7": LOGIN + """
C: a LIST "" *
S: * LIST () "/" ~peter/mail/&U,BTFw-/&ZeVnLIqe-
S: a OK done""",
    "rights": LOGIN + """
C: a GETACL inbox
S: * ACL INBOX fred lrswipkxtecda "-john doe" w
S: a OK done
C: b LISTRIGHTS INBOX Smith
S: * LISTRIGHTS INBOX Smith la r swi kxc te d
S: b OK done
C: c MYRIGHTS x
S: * MYRIGHTS x ""
S: c OK done
C: d LIST "" * RETURN (MYRIGHTS)
S: * LIST () "/" x
S: * MYRIGHTS x lr
S: d OK done""",
    "a group": SELECT + """
C: a FETCH 1 ENVELOPE
S: * 1 FETCH (ENVELOPE (NIL "x" NIL NIL NIL ((NIL NIL "friends" NIL)(NIL NIL "a" "b")(NIL NIL NIL NIL)) NIL NIL NIL NIL))
S: a OK done""",
    "parts of two lengths": SELECT + """
C: a FETCH 1 BODY[]<2.2>
S: * 1 FETCH (BODY[]<2> "cd")
S: a OK done
C: b FETCH 1 BODY[]<2.1>
S: * 1 FETCH (BODY[]<2> "c")
S: b OK done""",
    "message/global before UTF8=ACCEPT": SELECT + """
C: a FETCH 1 BODY
S: * 1 FETCH (BODY ("MESSAGE" "GLOBAL" NIL NIL NIL "8BIT" 29))
S: a OK done""",
}

WRONG = {  # a part of the complaint: the dialogue
    "OK to REPLACE after ['EXPUNGE', 'APPENDUID']":
        SELECT + "\nC: a REPLACE 1 x CATENATE (URL /y)\nS: * 1 EXPUNGE\nS: * OK [APPENDUID 7 12] x\nS: a OK done",
    "OK to REPLACE after []": SELECT + "\nC: a REPLACE 1 x CATENATE (URL /y)\nS: a OK done",
    "made more than one": SELECT + "\nC: a REPLACE 1 x CATENATE (URL /y)\nS: * OK [APPENDUID 7 2:3] x\nS: a OK done",
    "[BADURL] in answer to COPY": SELECT + '\nC: a COPY 1 x\nS: a NO [BADURL "/x"] none',
    "a URL in quotes": SELECT + "\nC: a APPEND x CATENATE (URL /y)\nS: a NO [BADURL /y] none",
    "METADATA with values in answer to NOOP": LOGIN + '\nC: a NOOP\nS: * METADATA "" (/shared/x NIL)',
    "and nobody wants to know": LOGIN + '\nC: a NOOP\nS: * METADATA "" /shared/x',
    "an entry's name": LOGIN + '\nC: a GETMETADATA "" /shared/x\nS: * METADATA "" (/comment NIL)',
    "the entries [b'/shared/y']": LOGIN + '\nC: a GETMETADATA "" /shared/x\nS: * METADATA "" (/shared/y NIL)',
    "EXISTS, and MessageNew": SELECT + "\nC: a NOTIFY NONE\nS: a OK done\nS: * 4 EXISTS",
    "EXISTS while no command": SELECT + "\nS: * 4 EXISTS",
    "EXPUNGE, and MessageExpunge": SELECT + "\nC: a NOTIFY NONE\nS: a OK done\nC: b NOOP\nS: * 1 EXPUNGE",
    "and SELECTED is not asked for": SELECT + "\nC: a NOTIFY SET (selected-delayed (MessageNew MessageExpunge))"
        "\nS: a OK done\nS: * 1 EXPUNGE",
    "STATUS in answer to None": SELECT + "\nS: * STATUS box (MESSAGES 2)",
    "says no event": LOGIN + "\nC: a NOTIFY SET (personal (MessageNew MessageExpunge))\nS: a OK done"
        "\nS: * STATUS box (SIZE 2 MESSAGES 1)",
    "events that there are": LOGIN + "\nC: a NOTIFY SET (personal (X))\nS: a NO [BADEVENT (Unheard)] no",
    "without EXPUNGE": SELECT + "\nC: a NOOP\nS: * 2 EXISTS",
    "EXPUNGE during FETCH": SELECT + "\nC: a FETCH 1 FLAGS\nS: * 1 EXPUNGE",
    "EXPUNGE during STORE": SELECT + "\nC: a STORE 1 +FLAGS.SILENT \\Seen\nS: * 1 EXPUNGE",
    "UID SEARCH with message numbers": SELECT + "\nC: a UID SEARCH 1:2\nS: * 1 EXPUNGE",
    "while no command is in progress": SELECT + "\nS: * 1 EXPUNGE",
    "EXPUNGE while no command": SELECT + "\nC: a SEARCH SUBJECT {3}\nS: * 1 EXPUNGE",
    "message 4, of 3": SELECT + "\nC: a NOOP\nS: * 4 FETCH (FLAGS ())",
    "message 4, of 3 ": SELECT + "\nC: a NOOP\nS: * 4 EXPUNGE",
    "4 RECENT, of 3": SELECT + "\nC: a NOOP\nS: * 4 RECENT",
    "not in FLAGS": SELECT + "\nC: a NOOP\nS: * 1 FETCH (FLAGS ($Home))",
    "has UID 5, and had 4": SELECT + "\nC: a NOOP\nS: * 1 FETCH (UID 4)\nS: * 1 FETCH (UID 5)",
    "message 3 has 5": SELECT + "\nC: a NOOP\nS: * 3 FETCH (UID 5)\nS: * 2 FETCH (UID 6)",
    "message 3 has UID 2": SELECT + "\nC: a NOOP\nS: * 1 FETCH (UID 1)\nS: * 3 FETCH (UID 2)",
    "did not answer": SELECT + "\nC: a FETCH 1:2 UID\nS: * 1 FETCH (UID 1)\nS: a OK done",
    "nobody asked for": SELECT + "\nC: a FETCH 1 UID\nS: * 1 FETCH (RFC822.SIZE 4)",
    "no UID in answer": SELECT + "\nC: a UID FETCH 1 FLAGS\nS: * 1 FETCH (FLAGS ())",
    "with the flags of {2}": SELECT + "\nC: a STORE 1:2 FLAGS ()\nS: * 1 FETCH (FLAGS ())\nS: a OK done",
    "RFC822.SIZE of message 1 changed":
        SELECT + "\nC: a FETCH 1 RFC822.SIZE\nS: * 1 FETCH (RFC822.SIZE 4)\nS: * 1 FETCH (RFC822.SIZE 5)",
    "BODY[]<2> of 2 octets of message 1 changed":
        SELECT + '\nC: a FETCH 1 BODY[]<2.2>\nS: * 1 FETCH (BODY[]<2> "ab")\nS: * 1 FETCH (BODY[]<2> "ac")',
    "and RFC822.SIZE 5": SELECT + '\nC: a FETCH 1 (BODY[] RFC822.SIZE)\nS: * 1 FETCH (BODY[] "abcd" RFC822.SIZE 5)',
    "the end of a group": SELECT + '\nC: a FETCH 1 ENVELOPE\n'
        'S: * 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL ((NIL NIL "friends" NIL)) NIL NIL NIL NIL))',
    "expected b' ' at": SELECT + "\nC: e ENABLE UTF8=ACCEPT\nS: * ENABLED UTF8=ACCEPT\nS: e OK done\n"
        'C: a FETCH 1 BODY\nS: * 1 FETCH (BODY ("MESSAGE" "GLOBAL" NIL NIL NIL "8BIT" 29))',
    "MODSEQ, and CONDSTORE is off": SELECT + "\nC: a NOOP\nS: * 1 FETCH (MODSEQ (4))",
    "FLAGS without MODSEQ": CONDSTORE + "\nC: a NOOP\nS: * 1 FETCH (FLAGS ())",
    "MODSEQ 8 after 9": CONDSTORE + "\nC: a NOOP\nS: * 1 FETCH (MODSEQ (9))\nS: * 1 FETCH (MODSEQ (8))",
    "with the same MODSEQ 9": CONDSTORE + r"""
C: a NOOP
S: * 1 FETCH (FLAGS () MODSEQ (9))
S: * 1 FETCH (FLAGS (\Seen) MODSEQ (9))""",
    "a goal above what is done": SELECT + '\nC: a SEARCH ALL\nS: * OK [INPROGRESS ("a" 9 9)] x',
    "INPROGRESS of b'b'": SELECT + '\nC: a SEARCH ALL\nS: * OK [INPROGRESS ("b" 8 9)] x',
    "INPROGRESS with a tag": SELECT + '\nC: a COPY 1 x\nS: a OK [INPROGRESS] x',
    "NO to UNAUTHENTICATE": LOGIN + "\nC: a UNAUTHENTICATE\nS: a NO never",
    "EXISTS before the login": SELECT + "\nC: a UNAUTHENTICATE\nS: a OK done\nC: b NOOP\nS: * 3 EXISTS",
    "ranges that descend": SELECT + '\nC: a UIDBATCHES 2\nS: * UIDBATCHES (TAG "a") 4:1,11:5',
    "3 batches of 2": SELECT + '\nC: a UIDBATCHES 2\nS: * UIDBATCHES (TAG "a") 11:9,8:5,4:1',
    "FETCH with UIDONLY on": UIDONLY + "\nC: a NOOP\nS: * 1 FETCH (FLAGS ())",
    "UIDFETCH with UIDONLY off": SELECT + "\nC: a NOOP\nS: * 1 UIDFETCH (FLAGS ())",
    "EXPUNGE with QRESYNC or UIDONLY on": UIDONLY + "\nC: a NOOP\nS: * 1 EXPUNGE",
    "UNSEEN with UIDONLY on": UIDONLY.replace("S: * OK [UIDNEXT", "S: * OK [UNSEEN 1] x\nS: * OK [UIDNEXT"),
    "UIDFETCH of 4 with UID 5": UIDONLY + "\nC: a NOOP\nS: * 4 UIDFETCH (UID 5)",
    "UIDFETCH of 4, which was expunged": UIDONLY + "\nC: a NOOP\nS: * VANISHED 4\nS: * 4 UIDFETCH (FLAGS ())",
    "more messages than the 3": UIDONLY + "".join(f"\nC: a{n} UID FETCH {n} UID\nS: * {n} UIDFETCH (UID {n})\n"
                                                  f"S: a{n} OK done" for n in range(1, 5)),
    "no [UIDREQUIRED]": UIDONLY + "\nC: a COPY 1 x\nS: a OK done",
    "where numbers are allowed": SELECT + "\nC: a COPY 1 x\nS: a BAD [UIDREQUIRED] x",
    "{'UIDONLY'} was enabled before": UIDONLY.replace(SELECT.removeprefix(LOGIN), "") +
        "\nC: a ENABLE UIDONLY\nS: * ENABLED UIDONLY",
    "EXPUNGE with QRESYNC or": QRESYNC + "\nC: a NOOP\nS: * 1 EXPUNGE",
    "VANISHED with QRESYNC or UIDONLY off": SELECT + "\nC: a NOOP\nS: * VANISHED 1",
    "VANISHED 4, which is not there": QRESYNC + "\nC: a UID FETCH 3 UID\nS: * 1 FETCH (UID 4)\nS: * VANISHED 4\nS: * VANISHED 4",
    "VANISHED (EARLIER), and nobody asked": QRESYNC + "\nC: a NOOP\nS: * VANISHED (EARLIER) 1",
    "VANISHED (EARLIER) of 4": QRESYNC + r"""
C: a UID FETCH 1:9 FLAGS (CHANGEDSINCE 4 VANISHED)
S: * 1 FETCH (UID 4 FLAGS () MODSEQ (5))
S: * VANISHED (EARLIER) 3:4""",
    "no UID in what comes unasked": QRESYNC + "\nC: a NOOP\nS: * 1 FETCH (FLAGS () MODSEQ (5))",
    "different sizes": SELECT + "\nC: a COPY 1:2 x\nS: a OK [COPYUID 4 1:2 7] done",
    "while 'nothing'": LOGIN + "\nS: a OK done",
    "while b'a' is in progress": LOGIN + "\nC: a NOOP\nC: b NOOP\nS: b OK done",
    "OK before the command was complete": LOGIN + "\nC: a CREATE {3}\nS: a OK done",
    "+ without a command": LOGIN + "\nC: a NOOP\nS: + more",
    "SEARCH in answer to NOOP": SELECT + "\nC: a NOOP\nS: * SEARCH 1",
    "found message 4": SELECT + "\nC: a SEARCH ALL\nS: * SEARCH 4",
    "without 1 SEARCH": SELECT + "\nC: a SEARCH ALL\nS: a OK done",
    "do not agree": SELECT + '\nC: a SEARCH RETURN (ALL COUNT) ALL\nS: * ESEARCH (TAG "a") ALL 1:3 COUNT 2',
    "asked for ['MIN']": SELECT + '\nC: a SEARCH RETURN (MIN) ALL\nS: * ESEARCH (TAG "a") MAX 3',
    "names what is not there": SELECT + """
C: a UID FETCH 1:* FLAGS
S: * 1 FETCH (UID 1 FLAGS ())
S: * 2 FETCH (UID 2 FLAGS ())
S: * 3 FETCH (UID 3 FLAGS ())
S: a OK done
C: b NOOP
S: * 1 EXPUNGE
S: b OK done
C: c UID COPY 1 x
S: c OK [COPYUID 1 1 1] done""",
    "two chains before": SELECT + "\nC: a THREAD REFS UTF-8 ALL\nS: * THREAD (1 (2))",
    "in two threads": SELECT + "\nC: a THREAD REFS UTF-8 ALL\nS: * THREAD (1 2)(2)",
    "without 1 SORT": SELECT + "\nC: a SORT (DATE) UTF-8 ALL\nS: a OK done",
    "ESEARCH where SEARCH": SELECT + '\nC: a SEARCH ALL\nS: * ESEARCH (TAG "a") ALL 1:3',
    "LIST in answer to NOOP": LOGIN + '\nC: a NOOP\nS: * LIST () "/" x',
    "RFC 4314 2.1.1": LOGIN + "\nC: a MYRIGHTS x\nS: * MYRIGHTS x lrk",
    "the rights": LOGIN + "\nC: a MYRIGHTS x\nS: * MYRIGHTS x lrq",
    "two entries": LOGIN + "\nC: a GETACL x\nS: * ACL x a l a r",
    "names a right twice": LOGIN + "\nC: a LISTRIGHTS x b\nS: * LISTRIGHTS x b l r l",
    "as another identifier": LOGIN + "\nC: a LISTRIGHTS x b\nS: * LISTRIGHTS x B l r",
    "which is another mailbox": LOGIN + "\nC: a MYRIGHTS x\nS: * MYRIGHTS y lr",
    "before its LIST": LOGIN + '\nC: a LIST "" * RETURN (MYRIGHTS)\nS: * MYRIGHTS x lr',
    "OK to GETACL without one ACL": LOGIN + "\nC: a GETACL x\nS: a OK done",
    "listed twice": LOGIN + '\nC: a LIST "" *\nS: * LIST () "/" x\nS: * LIST () "/" x',
    "together": LOGIN + '\nC: a LIST "" *\nS: * LIST (\\HasChildren \\HasNoChildren) "/" x',
    "modified UTF-7": LOGIN + '\nC: a LIST "" *\nS: * LIST () "/" "&AGE-"',
    "the shortest modified UTF-7": LOGIN + '\nC: a LIST "" *\nS: * LIST () "/" &U,BTFx-',
    "a quoted string": LOGIN + '\nC: a LIST "" *\nS: * LIST () "/" "Gr\xfc\xdfe"',
    "STATUS of {'UNSEEN'}": LOGIN + "\nC: a STATUS x (MESSAGES)\nS: * STATUS x (UNSEEN 1)",
    "more UNSEEN than MESSAGES": LOGIN + "\nC: a STATUS x (UNSEEN MESSAGES)\nS: * STATUS x (UNSEEN 2 MESSAGES 1)",
    "without {'EXISTS'}": "\n".join(l for l in SELECT.split("\n") if "EXISTS" not in l and "RECENT" not in l)
        .replace("S: s OK", "S: * 0 RECENT\nS: s OK"),
    "what FLAGS has not": SELECT.replace("FLAGS (\\Seen \\Deleted $Work)\n", "FLAGS (\\Seen)\n"),
    "was not CLOSED": SELECT + "\nC: a EXAMINE x\nS: * 4 EXISTS\nS: * FLAGS ()\nS: * 0 RECENT\n"
        "S: * OK [UIDVALIDITY 1] x\nS: * OK [UIDNEXT 1] x\nS: * OK [PERMANENTFLAGS ()] x\nS: * OK [HIGHESTMODSEQ 1] x\n"
        "S: a OK [READ-ONLY] x",
    "after BYE": LOGIN + "\nC: a NOOP\nS: * BYE so long\nS: a OK done",
    "without BYE": LOGIN + "\nC: a LOGOUT\nS: a OK done",
    "before the login": "S: * OK ready\nC: a NOOP\nS: * 4 EXISTS",
    "no mailbox is selected": LOGIN + "\nC: a NOOP\nS: * 4 EXISTS",
    "a response code that there is": LOGIN + "\nC: a NOOP\nS: a OK [WONDERFUL] done",
    "ENABLED ['QRESYNC']": LOGIN + "\nC: a ENABLE CONDSTORE\nS: * ENABLED QRESYNC\nS: a OK done",
    "a capability twice": "S: * OK [CAPABILITY IMAP4rev1 IDLE idle] ready",
    "a literal without NUL": SELECT + "\nC: a FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {1}\nS- \0)",
    "an ascending set": QRESYNC + "\nC: a NOOP\nS: * VANISHED 2,1",
    "a date-time": SELECT + '\nC: a FETCH 1 INTERNALDATE\nS: * 1 FETCH (INTERNALDATE "1-Jan-2024 00:00:00 +0000")',
}


def replay(dialogue):
    """S- is what follows a literal's announcement, without the line's beginning of its own."""
    session = Session()
    for line in dialogue.strip().split("\n"):
        data = line[3:].encode("latin-1") + b"\r\n"
        (session.from_client if line.startswith("C: ") else session.from_server)(data)


def verdict(dialogue):
    try:
        replay(dialogue)
    except Wrong as wrong:
        return str(wrong)
    return ""


def main():
    failures = [f"{what}: {why}" for what, dialogue in RIGHT.items() if (why := verdict(dialogue))]
    failures += [f"{part}: {why or 'nothing'} was said of it" for part, dialogue in WRONG.items()
                 if part.strip() not in (why := verdict(dialogue))]
    for failure in failures:
        print(f"FAIL  {failure}")
    print(f"{len(RIGHT) + len(WRONG) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
