"""The order of SORT (RFC 5256, 5957), and the trees of THREAD (RFC 5256, draft-ietf-morg-inthread)."""

import unicodedata
from datetime import datetime

from content import addresses, base_subject
from model import Unknown

CRITERIA = ["ARRIVAL", "CC", "DATE", "FROM", "SIZE", "SUBJECT", "TO", "DISPLAYFROM", "DISPLAYTO"]


def instant(internal_date):
    """Of an INTERNALDATE, in seconds since 1970."""
    if internal_date is None:
        raise Unknown
    text = internal_date.decode().strip('"').strip()
    return datetime.strptime(text, "%d-%b-%Y %H:%M:%S %z").timestamp()


def casemapped(text):
    """RFC 5051, as far as the words that are made up here need it."""
    return unicodedata.normalize("NFKD", text.upper()).encode()


def sent(message):
    """RFC 5256 2.2"""
    value = message.content.field("Date")
    if value is None:
        return instant(message.date)
    return datetime.strptime(value, "%d %b %Y %H:%M:%S %z").timestamp()


def first_address(message, field):
    found = addresses(message.content.field(field) or "")
    return found[0] if found else ("", "", "")


def displayed(address):
    """RFC 5957 3"""
    name, mailbox, host = address
    return name or (f"{mailbox}@{host}" if host else mailbox)


KEYS = {
    "ARRIVAL": lambda m: instant(m.date),
    "DATE": sent,
    "SIZE": lambda m: m.size,
    "SUBJECT": lambda m: casemapped(base_subject(m.content.field("Subject"))[0]),
    "CC": lambda m: casemapped(first_address(m, "Cc")[1]),
    "FROM": lambda m: casemapped(first_address(m, "From")[1]),
    "TO": lambda m: casemapped(first_address(m, "To")[1]),
    "DISPLAYFROM": lambda m: casemapped(displayed(first_address(m, "From"))),
    "DISPLAYTO": lambda m: casemapped(displayed(first_address(m, "To"))),
}


def in_order(messages, criteria):
    """`criteria`: (whether it is reversed, key), the first one first."""
    found = sorted(messages, key=lambda m: m.uid)
    for reverse, key in reversed(criteria):
        found.sort(key=KEYS[key], reverse=reverse)  # stable, in both directions
    return [m.uid for m in found]


# Trees, as in the strict parser's: (UID, or None of a message that is not there, [trees below]).

def ordered_subject(messages):
    by_subject = {}
    for m in sorted(messages, key=lambda m: (sent(m), m.uid)):
        by_subject.setdefault(KEYS["SUBJECT"](m), []).append(m.uid)
    return [(first, [(uid, []) for uid in others]) for first, *others in by_subject.values()]


class Node:
    """`message`: None of a dummy, which is only referred to."""

    def __init__(self, message=None):
        self.message, self.parent, self.children = message, None, []

    def link(self, child):
        above = self
        while above is not None:
            if above is child:
                return
            above = above.parent
        child.parent = self
        self.children.append(child)

    def unlink(self):
        if self.parent is not None:
            self.parent.children.remove(self)
            self.parent = None

    def first(self):
        return self if self.message else self.children[0]

    def subject(self):
        """The base subject, and whether this is a reply; no dummy is one."""
        base, answers = base_subject(self.first().message.content.field("Subject"))
        return casemapped(base), bool(self.message) and answers

    def sort(self):
        for child in self.children:
            child.sort()
        self.children.sort(key=lambda n: n.place())

    def place(self):
        message = self.first().message
        return sent(message), message.uid

    def latest(self):
        own = (instant(self.message.date), self.message.uid) if self.message else (0, 0)
        return max([own] + [child.latest() for child in self.children])

    def tree(self):
        return self.message and self.message.uid, [child.tree() for child in self.children]


def references_of(content):
    return (content.field("References") or "").split() or (content.field("In-Reply-To") or "").split()[:1]


def linked(messages):
    """Step 1: all nodes."""
    by_id, nodes = {}, []

    def node_of(one_id):
        if one_id not in by_id:
            by_id[one_id] = Node()
            nodes.append(by_id[one_id])
        return by_id[one_id]

    for message in sorted(messages, key=lambda m: m.uid):
        own_id = message.content.field("Message-ID")
        node = node_of(own_id) if own_id else None
        if node is None or node.message:
            node = Node()
            nodes.append(node)
        node.message = message
        before = None
        for one_id in references_of(message.content):
            now = node_of(one_id)
            if before and not now.parent:
                before.link(now)
            before = now
        if node.parent is not before:
            node.unlink()
            if before:
                before.link(node)
    return nodes


def pruned(node, at_top):
    """Step 3: what stands in its place."""
    node.children = [kept for child in node.children for kept in pruned(child, False)]
    if node.message or at_top and len(node.children) > 1:
        return [node]
    return node.children


def merged(heads):
    """Step 5: those of the same subject."""
    table = {}
    for head in heads:
        base, answers = head.subject()
        known = table.get(base)
        if not known or known.message and (not head.message or known.subject()[1] and not answers):
            table[base] = head
    table.pop(b"", None)
    found = []
    for head in heads:
        base, answers = head.subject()
        known = table.get(base, head)
        if known is head:
            found.append(head)
        elif not head.message:
            known.children += head.children
        elif not known.message or answers and not known.subject()[1]:
            known.children.append(head)
        else:
            dummy = table[base] = Node()
            dummy.children = [known, head]
            found = [dummy if one is known else one for one in found]
    return found


def references(messages, by_subject=True):
    root = Node()
    root.children = [kept for node in linked(messages) if not node.parent for kept in pruned(node, True)]
    root.sort()
    if by_subject:
        root.children = merged(root.children)
        root.sort()
    else:
        root.children.sort(key=lambda n: n.latest())
    return [child.tree() for child in root.children]


ALGORITHMS = {
    "ORDEREDSUBJECT": ordered_subject,
    "REFERENCES": references,
    "REFS": lambda messages: references(messages, by_subject=False),
}
