"""What a client asked to be told of without asking again: ENABLE METADATA (RFC 5464 4.4) and NOTIFY (RFC 5465)."""

from client_stream import Text
from grammar import Wrong

MESSAGE_EVENTS = {"MESSAGENEW", "MESSAGEEXPUNGE", "FLAGCHANGE", "ANNOTATIONCHANGE"}
STATUS_ITEMS = {"MESSAGES", "UIDNEXT", "UIDVALIDITY", "UNSEEN", "HIGHESTMODSEQ"}
OWN_EXPUNGES = ("EXPUNGE", "MOVE", "REPLACE")


class Notified:
    """`used`: there was a NOTIFY, and what follows is all that may come."""

    def __init__(self):
        self.used = False
        self.events = set()  # of mailboxes that are not selected
        self.selected = set()
        self.at_once = False
        self.items = set()  # of MessageNew

    def allows(self, session, name):
        """Whether a response of this name may come without a command that asks for it."""
        if name == "STATUS":
            return bool(self.events & MESSAGE_EVENTS)
        if name == "LIST":
            return bool(self.events)  # with \NoAccess, whatever is asked for (5.9): check_list()
        if name == "METADATA":
            enabled = {"METADATA", "METADATA-SERVER"} & session.enabled and not self.used
            return bool(enabled or self.events & {"MAILBOXMETADATACHANGE", "SERVERMETADATACHANGE"})
        return False


def words(element):
    return [w.upper() for w in element if isinstance(w, str)]


def read(args, response_item):
    """The new state after the OK to NOTIFY."""
    found = Notified()
    found.used = True
    for group in args:
        if not isinstance(group, list) or not isinstance(group[-1], list):
            continue
        events = words(group[-1])
        if str(group[0]).upper() in ("SELECTED", "SELECTED-DELAYED"):
            found.selected = set(events)
            found.at_once = str(group[0]).upper() == "SELECTED"
            inner = [e for e in group[-1] if isinstance(e, list)]
            found.items = {response_item(i) for i in inner[0] if not isinstance(i, Text)} if inner else set()
        else:
            found.events |= set(events)
    return found


def check_message_data(session, command, response):
    """RFC 5465 3.1: what is not asked for is not told."""
    notified, name = session.notified, response.name
    if not notified.used:
        if command is None:
            raise Wrong(f"{name} while no command is in progress")
        return
    verb = command.verb if command else None
    if verb in ("NOTIFY", "SELECT", "EXAMINE"):
        return
    expunged = name in ("EXPUNGE", "VANISHED")
    if expunged and "MESSAGEEXPUNGE" not in notified.selected and verb not in OWN_EXPUNGES and not is_earlier(response):
        raise Wrong(f"{name}, and MessageExpunge is not asked for")
    if expunged and command is None and not notified.at_once:
        raise Wrong(f"{name} while no command is in progress, and SELECTED is not asked for")
    if name == "EXISTS" and "MESSAGENEW" not in notified.selected:
        raise Wrong("EXISTS, and MessageNew is not asked for")
    if name in ("FETCH", "UIDFETCH") and command is None:
        check_unasked_fetch(notified, response)


def is_earlier(response):
    return response.name == "VANISHED" and response.value[0]


def check_unasked_fetch(notified, response):
    items = set(response.value)
    if items - notified.items - {"FLAGS", "UID", "MODSEQ"}:
        raise Wrong(f"nobody asked for {items - notified.items}")
    if not notified.items and "FLAGCHANGE" not in notified.selected:
        raise Wrong("FETCH, and FlagChange is not asked for")


def check_list(session, attributes, extended):
    names = session.notified.events & {"MAILBOXNAME", "SUBSCRIPTIONCHANGE"}
    if "\\noaccess" not in attributes and not names:
        raise Wrong("LIST, and neither MailboxName nor SubscriptionChange is asked for")
    if "\\noaccess" in attributes and extended:
        raise Wrong("what may not be seen has a history")


def check_status(response):
    """RFC 5465 5.1 to 5.3."""
    name, items = response.value
    if set(items) - STATUS_ITEMS or "UIDVALIDITY" not in items and "MESSAGES" not in items:
        raise Wrong(f"STATUS of {name!r} with {set(items)}, which says no event")


def check_metadata(session, command, response):
    """RFC 5464 4.4.1: values in answer to a command; 4.4.2: names of what changed."""
    name, values, names = response.value
    if names is not None:
        if not session.notified.allows(session, "METADATA"):
            raise Wrong("METADATA of what changed, and nobody wants to know")
        return
    verb = command.verb if command else None
    if verb not in ("GETMETADATA", "LIST", "SETMETADATA"):
        raise Wrong(f"METADATA with values in answer to {verb}")
    keys = [key for key, _ in values]
    if len(set(keys)) != len(keys):
        raise Wrong("an entry twice")
    if verb == "SETMETADATA" and keys != [b"/private/specialuse"]:
        raise Wrong("METADATA of what the client set itself")
    asked = asked_entries(command.args or [])
    if verb == "GETMETADATA" and asked and not all(is_asked(key, asked) for key in keys):
        raise Wrong(f"the entries {keys}, asked for {asked}")


def strings(element):
    """All the words in a command, however deep."""
    left, found = [element], []
    while left:
        for a in left.pop():
            if isinstance(a, list):
                left.append(a)
            else:
                found.append(bytes(a) if isinstance(a, Text) else a.encode("latin-1"))
    return found


def asked_entries(args):
    return [s.lower() for s in strings(args) if s.startswith(b"/")]


def is_asked(key, asked):
    return any(key.lower() == top or key.lower().startswith(top + b"/") for top in asked)
