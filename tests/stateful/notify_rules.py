"""What a NOTIFY SET asks for (RFC 5465 6), made up at random, and which mailboxes it is about."""

from operation import NAMES, wire_name

MESSAGE_EVENTS = ("MessageNew", "MessageExpunge", "FlagChange")
NAME_EVENTS = ("MailboxName", "SubscriptionChange", "MailboxMetadataChange", "ServerMetadataChange")


class Group:
    """One event group of mailboxes that are not selected."""

    def __init__(self, kind, names, events):
        self.kind, self.names, self.events = kind, names, frozenset(events)

    def covers(self, name):
        if self.kind == "subtree":
            return any(name == top or name.startswith(top + "/") for top in self.names)
        return name in self.names if self.kind == "mailboxes" else True

    def surely_covers(self, name):
        """What is subscribed may be another at each moment."""
        return self.kind != "subscribed" and self.covers(name)

    def text(self, c, rng):
        names = " ".join(wire_name(c, name, rng) for name in self.names)
        if len(self.names) > 1 or self.names and rng.random() < 0.3:
            names = f"({names})"
        return f"({self.kind} {names + ' ' if names else ''}({' '.join(sorted(self.events))}))"


class Rules:
    """`selected`: the events of the selected mailbox; `delayed`: its expunges wait for a command."""

    def __init__(self, rng):
        self.selected = frozenset(rng.choice([(), MESSAGE_EVENTS[:2], MESSAGE_EVENTS, MESSAGE_EVENTS]))
        self.delayed = rng.random() < 0.4
        self.items = rng.choice(["", "", " (UID)", " (UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])"])
        self.groups = [some_group(rng) for _ in range(rng.choice([0, 1, 1, 2, 3]))]
        self.says_selected = bool(self.selected) or not self.groups or rng.random() < 0.3

    def text(self, c, rng):
        """The event groups of a NOTIFY SET."""
        events = " ".join(e + (self.items if e == "MessageNew" else "") for e in MESSAGE_EVENTS if e in self.selected)
        verb = "selected-delayed" if self.delayed else "SELECTED"
        own = [f"({verb} {f'({events})' if events else 'NONE'})"] if self.says_selected else []
        return " ".join(own + [group.text(c, rng) for group in self.groups])

    def events(self, name):
        """That may come of this mailbox, unless it is the selected one."""
        return {e for group in self.groups if group.covers(name) for e in group.events}

    def sure_events(self, name):
        return {e for group in self.groups if group.surely_covers(name) for e in group.events}

    def events_everywhere(self):
        return {e for group in self.groups if group.kind in ("personal", "inboxes") for e in group.events}

    def hears_of_server(self):
        return any("ServerMetadataChange" in group.events for group in self.groups)


def some_group(rng):
    kind = rng.choice(["personal", "personal", "inboxes", "subscribed", "subtree", "mailboxes"])
    names = rng.sample(NAMES, rng.randint(1, 3)) if kind in ("subtree", "mailboxes") else []
    events = list(rng.choice([(), MESSAGE_EVENTS[:2], MESSAGE_EVENTS])) + rng.sample(NAME_EVENTS, rng.randint(0, 3))
    return Group(kind, names, events or MESSAGE_EVENTS)
