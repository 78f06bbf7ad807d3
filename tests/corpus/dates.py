"""Date fields (RFC 5322 3.3 and 4.3). ENVELOPE gives them as they came; SENTON looks at the day that was written, without
time and zone (RFC 3501 6.4.4)."""

from expect import Envelope, text
from model import add, crlf

BODY = crlf("ordinary text\n")


def date(name, value, sent, why, unfolded=None):
    octets = crlf(f"Date: {value}\n\n") + BODY
    envelope = Envelope(date=value if unfolded is None else unfolded)
    add(f"date-{name}", octets, envelope, text(BODY), [], {"sent": sent}, why=why)


# ---- legal ----
date("plain", "Fri, 21 Nov 1997 09:55:06 -0600", "21-Nov-1997", "date-time")
date("no-day-name", "21 Nov 1997 09:55:06 -0600", "21-Nov-1997", "[ day-of-week \",\" ]")
date("no-seconds", "Fri, 21 Nov 1997 09:55 -0600", "21-Nov-1997", "[ \":\" second ]")
date("one-digit-day", "Tue, 1 Jul 2003 10:52:37 +0200", "1-Jul-2003", "1*2DIGIT")
date("leading-zero", "Tue, 01 Jul 2003 10:52:37 +0200", "1-Jul-2003", "1*2DIGIT")
date("leap-day", "Tue, 29 Feb 2000 10:52:37 +0000", "29-Feb-2000", "a leap year of the fourth century")
date("leap-second", "Sat, 31 Dec 2016 23:59:60 +0000", "31-Dec-2016", "still the last day of the year")
date("east", "Sat, 1 Jan 2000 00:30:00 +1400", "1-Jan-2000", "the day as written, where UTC has the day before")
date("west", "Fri, 31 Dec 1999 23:30:00 -1200", "31-Dec-1999", "likewise, the day after")
date("zone-unknown", "Fri, 21 Nov 1997 09:55:06 -0000", "21-Nov-1997", "-0000 says nothing of the sender's zone")
date("any-case", "FRI, 21 nov 1997 09:55:06 gmt", "21-Nov-1997", "names in any case (RFC 5234 2.3)")
date("folded", "Fri,\n 21\n Nov\n 1997\n\t09:55:06\n -0600", "21-Nov-1997", "FWS between all of it",
     "Fri, 21 Nov 1997\t09:55:06 -0600")
date("comment", "Fri, 21 Nov 1997 09:55:06 -0600 (Central (not Mountain) Time)", "21-Nov-1997", "[CFWS]")
date("before-1970", "Thu, 13 Feb 1969 23:32:54 -0330", "13-Feb-1969", "the example of RFC 5322 A.5")
date("year-1900", "Mon, 1 Jan 1900 00:00:00 +0000", "1-Jan-1900", "the first year of RFC 5322 3.3")
date("year-9999", "Fri, 31 Dec 9999 23:59:59 +0000", "31-Dec-9999", "the last year of four digits")

# ---- obsolete ----
date("two-digit-97", "21 Nov 97 09:55:06 GMT", "21-Nov-1997", "obs-year: 50 to 99 are of the twentieth century")
date("two-digit-50", "21 Nov 50 09:55:06 GMT", "21-Nov-1950", "likewise")
date("two-digit-49", "21 Nov 49 09:55:06 GMT", "21-Nov-2049", "00 to 49 are of this one")
date("three-digit", "21 Nov 103 09:55:06 GMT", "21-Nov-2003", "three digits count from 1900")
date("zone-ut", "21 Nov 97 09:55:06 UT", "21-Nov-1997", "obs-zone")
date("zone-est", "21 Nov 1997 23:55:06 EST", "21-Nov-1997", "-0500; the day as written")
date("zone-pdt", "21 Nov 1997 23:55:06 PDT", "21-Nov-1997", "-0700; likewise")
date("zone-military", "21 Nov 1997 23:55:06 K", "21-Nov-1997", "military zones say nothing (RFC 5322 4.3)")
date("zone-z", "21 Nov 1997 09:55:06Z", "21-Nov-1997", "likewise, and no blank")
date("zone-name", "21 Nov 1997 23:55:06 CEST", "21-Nov-1997", "other names say nothing either")
date("cfws-everywhere", "Fri (day), 21 (of) Nov (of) 1997 (at) 09 (h) : (m) 55 : 06 (zone) -0600 (CST)", "21-Nov-1997",
     "RFC 5322 A.6.3 and 4.3: comments between all of it")
date("blanks-around-colons", "Fri , 21 Nov 1997 09 : 55 : 06 -0600", "21-Nov-1997", "obs-hour and the like")

# ---- not legal, but plain enough ----
date("wrong-day-name", "Mon, 21 Nov 1997 09:55:06 -0600", "21-Nov-1997", "the date counts, not the name")
date("no-comma", "Fri 21 Nov 1997 09:55:06 -0600", "21-Nov-1997", "often seen")
date("hyphens", "21-Nov-1997 09:55:06 -0600", "21-Nov-1997", "as IMAP and Usenet write it")
date("full-month", "Friday, 21 November 1997 09:55:06 -0600", "21-Nov-1997", "names in full")
date("zone-colon", "Fri, 21 Nov 1997 09:55:06 +01:00", "21-Nov-1997", "as ISO 8601 has it")
date("zone-gmt-offset", "Fri, 21 Nov 1997 09:55:06 GMT+0100", "21-Nov-1997", "seen from web mail")
date("no-zone", "Fri, 21 Nov 1997 09:55:06", "21-Nov-1997", "as UTC")
date("no-time", "Fri, 21 Nov 1997", "21-Nov-1997", "RFC 5256 2.2: 00:00:00")
date("bad-time", "Fri, 21 Nov 1997 25:61:00 +0000", "21-Nov-1997", "RFC 5256 2.2: likewise")
date("asctime", "Fri Nov 21 09:55:06 1997", "21-Nov-1997", "C's asctime")
date("asctime-zone", "Fri Nov 21 09:55:06 CST 1997", "21-Nov-1997", "the date command")
date("american", "Nov 21, 1997 09:55:06", "21-Nov-1997", "the month first")

# ---- none ----
date("no-such-day", "Fri, 31 Feb 1997 09:55:06 -0600", "none", "there is none")
date("no-such-month", "Fri, 21 Foo 1997 09:55:06 -0600", "none", "likewise")
date("words", "yesterday (I think)", "none", "no date")
date("eight-bit", "Fr, 21 März 1997 09:55:06", "none", "a month of another language")
date("no-year", "Fri, 21 Nov 09:55:06 -0600", "none", "no year")
date("long", "9" * 5_000, "none", "too long for anything")
