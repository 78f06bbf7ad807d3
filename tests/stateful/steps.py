"""What may happen next in an episode. Each step has a seed of its own, so that any of them can be left out of a replay."""

import random

from client import Gone
from mailbox_commands import noop
from noise import damaged
from operation import Operation, answered
from world import ANYWHERE, BATCH_COMMANDS_MAX, SELECTED, STORM_CLIENTS, in_selected_state, pick

NOISE_SECONDS_MAX = 1


def operations(world, c, rng):
    made = []
    for _ in range(rng.randint(1, BATCH_COMMANDS_MAX)):
        if c.mailbox is not None and rng.random() < 0.65:
            made.append(in_selected_state(pick(SELECTED, rng))(world, c, rng))
        else:
            made.append(pick(ANYWHERE, rng)(world, c, rng))
    return made


def batch(world, rng):
    """One connection, pipelined, while the others are quiet: every answer is foretold."""
    c = rng.choice(world.clients)
    try:
        world.ensure(c, rng)
        c.run(operations(world, c, rng), rng)
    except Gone:
        world.gone(c)
    if world.uncertain:
        world.settle([c], rng)


def idle(world, rng):
    c = rng.choice(world.clients)
    try:
        world.ensure(c, rng)
        if c.mailbox is None or c.mailbox.deleted:
            return
        c.view = None

        def finish(command, response):
            answered(response, "OK")

        c.start([Operation("IDLE", finish)], rng)
        c.until(lambda: c.session.client.waiting is None)
        c.idle = True
    except Gone:
        world.gone(c)


def storm(world, rng):
    """Several connections at once: what comes of it is looked up, but all must know it after a NOOP."""
    clients = rng.sample(world.clients, STORM_CLIENTS)
    for c in clients:
        try:
            world.ensure(c, rng)
        except Gone:
            world.gone(c)
    batches = [(c, operations(world, c, rng)) for c in clients if c.socket is not None]
    world.uncertain = True
    for c, made in batches:
        in_storm(world, c, lambda: c.start(made, rng))
    for c, _ in batches:
        in_storm(world, c, lambda: c.until(lambda: not c.pending))
    world.settle([c for c, _ in batches], rng)


def in_storm(world, c, work):
    try:
        if c.socket is not None:
            work()
    except Gone:
        world.gone(c)


def noise(world, rng):
    """Commands with damage: any answer that the grammar allows, or BYE. Which command it answers nobody can say."""
    c = rng.choice(world.clients)
    try:
        world.ensure(c, rng)
    except Gone:
        return world.gone(c)
    texts = [o.pieces for o in operations(world, c, rng)]
    c.session.lost = True
    try:
        c.queue(damaged(texts, rng) + b"\r\nf%d NOOP\r\n" % c.serial)
        c.send_now(rng)
        c.read_until(b"f%d " % c.serial, NOISE_SECONDS_MAX)
    except Gone:
        pass
    c.close()
    world.uncertain = True
    world.settle([], rng)


def drop(world, rng):
    """The client goes away, in the middle of a command perhaps."""
    c = rng.choice(world.clients)
    if c.socket is None:
        return
    world.keep_cache(c)
    try:
        if rng.random() < 0.5 and not c.idle:
            c.queue(rng.choice([b"x NO", b"x APPEND INBOX {100+}\r\nSubj", b"x APPEND INBOX (\\Seen) {10}\r\n", b"x UID FETCH 1:* ("]))
            c.send_now(rng)
        elif rng.random() < 0.3 and not c.idle:
            world.simple(c, "LOGOUT", rng)
    except Gone:
        world.gone(c)
    c.close()


def synchronise(world, rng):
    """A client learns everything, as after opening a mailbox; then its cache is worth keeping."""
    c = rng.choice(world.clients)
    try:
        world.ensure(c, rng)
        if c.mailbox is not None and not c.mailbox.deleted:
            c.run([noop(world, c, rng)], rng)
            for r in world.simple(c, "UID FETCH 1:* (FLAGS MODSEQ INTERNALDATE)", rng):
                if r.name in ("FETCH", "UIDFETCH"):
                    c.told_fetch(r)
            world.keep_cache(c)
    except Gone:
        world.gone(c)


def compare(world, rng):
    world.compare()


def restart(world, rng):
    """All that was acknowledged is there again, after a kill as well."""
    for c in world.everybody():
        world.keep_cache(c)
        c.close()
    world.trace.append((0, "-", "the server starts again"))
    if rng.random() < 0.5:
        world.server.kill()
        world.server.start()
    else:
        world.server.restart()
    world.compare()


def change_user(world, rng):
    """UNAUTHENTICATE (RFC 8437): the connection is as good as new; compression has ended, TLS has not."""
    c = rng.choice(world.clients)
    try:
        world.ensure(c, rng)
        world.simple(c, "UNAUTHENTICATE", rng)
        world.begin(c, rng)
    except Gone:
        world.gone(c)


def watch(world, rng):
    """NOTIFY: what was to be told is told, and then the watcher may ask for something else."""
    watcher = rng.choice(world.watchers)
    try:
        watcher.attend(rng)
    except Gone:
        world.gone(watcher)


def visit(world, rng):
    """Another user does what the rights allow, and nothing else."""
    if world.uncertain:
        world.adopt()
    try:
        world.guest.visit(rng)
    except Gone:
        world.gone(world.guest)
    if world.uncertain:
        world.account.forget_guest()
        world.settle([world.guest], rng)


STEPS = {batch: 60, idle: 5, storm: 5, noise: 6, drop: 5, synchronise: 6, compare: 2, change_user: 2, watch: 12, visit: 12,
         restart: 0.1}


def take(world, seed, steps=STEPS):
    rng = random.Random(seed)
    for c in world.clients + world.watchers:
        if c.idle and c.socket is not None:
            try:
                c.drain()
            except Gone:
                world.gone(c)
    step = pick(steps, rng)
    world.trace.append((0, "-", f"step {seed}: {step.__name__}"))
    step(world, rng)
