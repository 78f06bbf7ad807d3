"""A mailbox as a guest sees it who has a \\Seen of his own there: the other flags are everybody's."""

SEEN = {"\\Seen"}


class OwnMessage:
    """His MODSEQs are not foretold: a message's is the higher of everybody's and of his own."""

    mod_sequence = None

    def __init__(self, box, message):
        vars(self).update(box=box, message=message)

    def __getattr__(self, name):
        return getattr(self.message, name)

    def __setattr__(self, name, value):
        if name == "flags":
            self.message.guest_seen = bool(SEEN & value)
            shared = value - SEEN | self.message.flags & SEEN
            if shared != self.message.flags:
                self.box.set_flags(self.message.uid, "", shared)
        elif name not in ("mod_sequence", "floor"):
            setattr(self.message, name, value)

    @property
    def flags(self):
        return self.message.flags - SEEN | (SEEN if self.message.guest_seen else set())


class OwnView:
    """Of a mailbox."""

    def __init__(self, box):
        self.box = box

    def __getattr__(self, name):
        return getattr(self.box, name)

    @property
    def messages(self):
        return {uid: OwnMessage(self.box, message) for uid, message in self.box.messages.items()}

    def set_flags(self, uid, how, flags):
        message = self.messages[uid]
        known = message.guest_seen is not None or how == "" or SEEN & flags
        message.flags = {"+": message.flags | flags, "-": message.flags - flags, "": set(flags)}[how]
        if not known:
            message.guest_seen = None

    def saw_mod_sequence(self, message, value):
        pass

    def learn(self, uid, flags):
        message = self.box.messages[uid]
        if message.guest_seen is None:
            message.guest_seen = "\\Seen" in flags

    def strip(self, message, rights):
        """\\Seen of others goes along; his own as far as he may set it."""
        message.strip(rights, SEEN)
        if "s" not in rights:
            message.guest_seen = False
