"""The rows of the comparison: what is done, which figure is compared, and which limit stands beside it."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    scenario: str  # of roost-load
    figure: str  # of those that it prints
    options: dict = dataclasses.field(default_factory=dict)
    listener: str = "imap"
    limit: str = ""  # the scenario that shows what the machine allows, with limit_options
    limit_options: dict = dataclasses.field(default_factory=dict)
    limit_figure: str = ""  # of those that it prints; empty: the same
    cold: bool = False  # the server starts again before, and its files are not in memory

    @property
    def less_is_better(self):
        return self.figure.endswith(("_ms", "_each", "_mb"))


CORPUS = {"mailbox": "corpus"}  # of bench0: the messages of the corpus
CHECKED = {"mailbox": "corpus", "corpus": True}  # and what is fetched is compared with them
MANY = {"mailbox": "many"}  # of bench0: small messages
ROUND_TRIP = {"limit": "limit-round-trip"}


def sync(messages):
    """As many messages as there are connections, in one synced write."""
    return {"limit": "limit-sync", "limit_options": {"connections": messages}}


def socket(octets):
    """Answers of so many octets, through a socket."""
    return {"limit": "limit-socket", "limit_options": {"bytes": octets}}


ROWS = {row.name: row for row in (
    Row("append-1", "append", "per_s", {"messages": 2000}, **sync(1)),
    Row("append-8", "append", "per_s", {"messages": 10000, "connections": 8, "users": 8}, **sync(8)),
    Row("append-64", "append", "per_s", {"messages": 20000, "connections": 64, "users": 64}, **sync(64)),
    Row("append-one-mailbox", "append", "per_s", {"messages": 8000, "connections": 8, "user": "bench70"}, **sync(8)),
    Row("multiappend", "fill", "per_s", {"messages": 10000, "user": "bench71"}, **sync(100)),
    Row("lmtp-8", "lmtp", "per_s", {"messages": 8000, "connections": 8, "users": 8}, "lmtp", **sync(8)),
    Row("fetch-flags", "fetch-flags", "best_per_s", CORPUS, **socket(40)),
    Row("fetch-flags-many", "fetch-flags", "best_per_s", MANY, **socket(42)),
    Row("fetch-envelope", "fetch-envelope", "best_per_s", CHECKED, **socket(900)),
    Row("fetch-envelope-cold", "fetch-envelope", "best_per_s", {"rounds": 1, **CHECKED}, limit="limit-read",
        limit_options={"bytes": 900}, cold=True),
    Row("fetch-bodies", "fetch-bodies", "mb_per_s", CHECKED, **socket(17_000)),
    Row("fetch-bodies-tls", "fetch-bodies", "mb_per_s", CHECKED, "imaps"),
    Row("search-body", "search-body", "p50_ms", {"expect": "body", **CORPUS}, limit="limit-copy",
        limit_options={"bytes": "octets"}),
    Row("search-text", "search-text", "p50_ms", {"expect": "text", **CORPUS}, limit="limit-copy",
        limit_options={"bytes": "octets"}),
    Row("login", "login", "per_s", {"messages": 2000, "connections": 8, "users": 8}),
    Row("select-many", "select", "p50_ms", MANY, **ROUND_TRIP),
    Row("select-many-cold", "select", "first_ms", MANY, limit="limit-cold-read", limit_options={"bytes": 16_384},
        limit_figure="p50_ms", cold=True),
    Row("store-1", "store", "per_s", {"messages": 2000}, **sync(1)),
    Row("store-8", "store", "per_s", {"messages": 10000, "connections": 8, "users": 8}, **sync(8)),
    Row("store-64", "store", "per_s", {"messages": 20000, "connections": 64, "users": 64}, **sync(64)),
    Row("sort", "sort", "p50_ms", CORPUS, **ROUND_TRIP),
    Row("sort-many", "sort", "p50_ms", MANY, **ROUND_TRIP),
    Row("thread", "thread", "p50_ms", CORPUS, **ROUND_TRIP),
    Row("thread-many", "thread", "p50_ms", MANY, **ROUND_TRIP),
    Row("copy", "copy", "p50_ms", CORPUS, limit="limit-sync"),
    Row("move", "move", "p50_ms", CORPUS, limit="limit-sync"),
    Row("idle-latency", "idle-latency", "p50_ms", {"messages": 200, "user": "bench72"}, limit="limit-sync"),
    Row("fan-out-100", "fan-out", "p50_ms", {"messages": 100, "connections": 100, "user": "bench73"}, **ROUND_TRIP),
    Row("fan-out-1000", "fan-out", "p50_ms", {"messages": 20, "connections": 1000, "user": "bench74"}, **ROUND_TRIP),
    Row("idle-memory", "idle-memory", "kb_each", {"connections": 1000, "users": "accounts"}, cold=True),
    Row("idle-memory-tls", "idle-memory", "kb_each", {"connections": 1000, "users": "accounts"}, "imaps", cold=True),
    Row("large-message", "large-message", "in_mb", {"bytes": 50_000_000, "user": "bench75"}, cold=True),
    Row("start", "start", "start_ms"),
    Row("qresync-many", "qresync", "p50_ms", MANY, **ROUND_TRIP),
    Row("noop", "noop", "per_s", {"messages": 300000, "connections": 100, "users": 100}),
    Row("mixed", "mixed", "p99_ms", {"messages": 1000, "connections": 20, "users": 8}, **ROUND_TRIP),
)}


def options_of(row, load):
    """The options of roost-load, with what only the run knows in place of its name."""
    options = {name: load.sizes.get(value, value) if isinstance(value, str) else value
               for name, value in row.options.items()}
    if options.pop("corpus", False):
        options["corpus"] = load.corpus_file
    if "expect" in options:
        options["expect"] = ",".join(map(str, load.manifest[row.options["expect"]]))
        options["word"] = load.manifest["word"]
    if load.quick:
        options |= {name: max(20, options[name] // 10) for name in ("messages",) if name in options}
        options |= {name: min(100, options[name]) for name in ("connections", "users") if name in options}
    return options
