"""Lines on two logarithmic axes, as an SVG that needs nothing else."""

import html
import math

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 210, 40, 50
COLOURS = ["#1f6fb4", "#d1495b", "#2e8b57", "#8e5ea2", "#c77b1a", "#4b5563", "#0f8b8d"]


def decades(values):
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def power(exponent):
    number = 10 ** exponent
    return f"{number:,}" if exponent >= 0 else f"{number:g}"


class Axis:
    def __init__(self, values, begin, end):
        self.low, self.high = decades(values)
        self.begin, self.end = begin, end

    def at(self, value):
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.begin + share * (self.end - self.begin)

    def ticks(self):
        return range(self.low, self.high + 1)


def text(x, y, words, anchor="middle", colour="#333", more=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
            f'font-family="sans-serif" font-size="12"{more}>{html.escape(words)}</text>')


def grid(x, y):
    for tick in x.ticks():
        at = x.at(10 ** tick)
        yield f'<path d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>'
        yield text(at, HEIGHT - BOTTOM + 18, power(tick))
    for tick in y.ticks():
        at = y.at(10 ** tick)
        yield f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
        yield text(LEFT - 6, at + 4, power(tick), "end")


def apart(places, distance=14):
    """Heights for the names of lines, in the order of `places` (name to height), none on another."""
    last, found = -math.inf, {}
    for name, place in sorted(places.items(), key=lambda item: item[1]):
        last = found[name] = max(place, last + distance)
    return found


def chart(title, x_name, y_name, lines):
    """`lines`: the name of each to its points, (x, y), all above zero."""
    points = [point for line in lines.values() for point in line]
    x = Axis([p[0] for p in points], LEFT, WIDTH - RIGHT)
    y = Axis([p[1] for p in points], HEIGHT - BOTTOM, TOP)
    names = apart({name: y.at(line[-1][1]) for name, line in lines.items()})
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
             text((LEFT + WIDTH - RIGHT) / 2, 22, title, more=' font-weight="bold"'),
             text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x_name),
             text(16, (TOP + HEIGHT - BOTTOM) / 2, y_name,
                  more=f' transform="rotate(-90 16 {(TOP + HEIGHT - BOTTOM) / 2:.0f})"'), *grid(x, y)]
    for (name, line), colour in zip(lines.items(), COLOURS * len(lines)):
        path = "L".join(f"{x.at(px):.1f} {y.at(py):.1f}" for px, py in line)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x.at(px):.1f}" cy="{y.at(py):.1f}" r="3" fill="{colour}"/>' for px, py in line]
        parts.append(text(WIDTH - RIGHT + 10, names[name] + 4, name, "start", colour))
    return "\n".join(parts) + "\n</svg>\n"
