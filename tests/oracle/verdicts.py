"""Which cases of an oracle are played, and how they came out."""

import zlib


def add_sample(options):
    """Gives `options` (of argparse) a way to ask for a part of the cases."""
    options.add_argument("--every", type=int, default=1, metavar="N",
                         help="play one case in N, the same ones each time")


def sampled(name, every):
    """Whether a case is in the sample; others may come and go beside it."""
    return zlib.crc32(name.encode()) % every == 0


def tell(cases, expected, got, known, differences):
    """Prints what differs otherwise than `known` (names of cases) says, and a
    line with the counts. 1 when there is any such, else 0."""
    agree, intended, wrong = 0, 0, 0
    for name in cases:
        if name not in expected:
            wrong += 1
            print(f"{name}: not in expected.json; run with --write")
            continue
        lines = differences(expected[name], got[name])
        if not lines and name not in known:
            agree += 1
        elif lines and name in known:
            intended += 1
        else:
            wrong += 1
            lines = lines or ["agrees, but is listed as an intended difference"]
            print(f"{name}:\n  " + "\n  ".join(lines))
    print(f"{len(cases)} cases: {agree} agree, {intended} differ as "
          f"documented, {wrong} differ otherwise")
    return 1 if wrong else 0
