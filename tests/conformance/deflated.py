"""A connection under COMPRESS=DEFLATE (RFC 4978), which UNAUTHENTICATE may end (RFC 8437 4.1)."""

import zlib

from roost import Lines

FLUSH_OCTETS = b"\x00\x01\x02\xff"  # what a flush may leave behind the last line; no line begins with one


class Deflated(Lines):
    """Takes `lines` over. Reads no octet ahead, so that what is in clear behind the last compressed line stays."""

    def __init__(self, lines):
        super().__init__(lines.socket)
        self.raw = lines.raw if isinstance(lines, Deflated) else lines.file
        self.file = self  # as far as readline() goes
        self.deflate, self.inflate = zlib.compressobj(wbits=-15), zlib.decompressobj(-15)
        self.inflated = b""
        self.ending = False  # in clear after the next tagged response

    def send(self, data):
        if not self.ending:
            data = self.deflate.compress(data) + self.deflate.flush(zlib.Z_SYNC_FLUSH)
        super().send(data)

    def close(self):
        self.raw.close()
        self.socket.close()

    def readline(self):
        if self.inflate is None:
            return self.raw.readline().lstrip(FLUSH_OCTETS)
        while b"\n" not in self.inflated:
            octet = self.raw.read(1)
            if not octet:
                return b""
            self.inflated += self.inflate.decompress(octet)
        line, end, self.inflated = self.inflated.partition(b"\n")
        line += end
        if self.ending and not line.startswith((b"* ", b"+ ")):
            self.inflate = None
        return line
