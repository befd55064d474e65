"""Pictures of pages in few bytes: at most 256 colours, nothing but the standard
library."""

import collections
import struct
import zlib


def chunks(data):
    at = 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        yield kind, data[at + 8:at + 8 + size]
        at += 12 + size


def rows(data):
    """Of a picture with 8 bits a channel, without interlacing: its width, bytes a
    pixel, and rows."""
    parts = list(chunks(data))
    width, height, depth, colours, _, _, interlaced = struct.unpack(">IIBBBBB", parts[0][1])
    assert depth == 8 and colours in (2, 6) and not interlaced
    wide = 3 if colours == 2 else 4
    raw = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    out, before, length = [], bytes(width * wide), width * wide
    for y in range(height):
        kind, row = raw[y * (length + 1)], bytearray(raw[y * (length + 1) + 1:(y + 1) * (length + 1)])
        for i in range(length):
            left = row[i - wide] if i >= wide else 0
            up, corner = before[i], before[i - wide] if i >= wide else 0
            if kind == 1:
                row[i] = (row[i] + left) & 255
            elif kind == 2:
                row[i] = (row[i] + up) & 255
            elif kind == 3:
                row[i] = (row[i] + (left + up) // 2) & 255
            elif kind == 4:
                guess = left + up - corner
                row[i] = (row[i] + min((left, up, corner), key=lambda x: abs(guess - x))) & 255
        out.append(bytes(row))
        before = out[-1]
    return width, wide, out


def shrunk(data):
    """The same picture, each colour that of the 256 most frequent ones that is
    nearest."""
    width, wide, all_rows = rows(data)
    pixels = [[row[i:i + 3] for i in range(0, len(row), wide)] for row in all_rows]
    counts = collections.Counter(x for row in pixels for x in row)
    palette = [colour for colour, _ in counts.most_common(256)]
    number = {colour: i for i, colour in enumerate(palette)}
    for colour in counts:
        if colour not in number:
            number[colour] = min(range(len(palette)), key=lambda i: sum((x - y) ** 2 for x, y in zip(palette[i], colour)))
    raw = b"".join(b"\0" + bytes(number[x] for x in row) for row in pixels)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(pixels), 8, 3, 0, 0, 0))
            + chunk(b"PLTE", b"".join(palette)) + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))
