"""Modes of files in words."""

import re
import stat


def mode_after(now, words, folder):
    """The mode that `u=rwX,g-w` makes of one."""
    bits = {"r": 4, "w": 2, "x": 1}
    shifts = {"u": 6, "g": 3, "o": 0}
    for clause in words.split(","):
        found = re.match(r"^([ugoa]*)((?:[-+=][rwxXstugo]*)+)$", clause)
        if not found:
            raise ValueError("bad symbolic permission for mode: %s" % clause)
        who = found.group(1).replace("a", "ugo") or "ugo"
        for sign, names in re.findall(r"([-+=])([rwxXstugo]*)",
                                      found.group(2)):
            for each in who:
                one = 0
                for letter in names:
                    if letter in shifts:
                        one |= (now >> shifts[letter]) & 7
                    elif letter == "X":
                        one |= 1 if folder or now & 0o111 else 0
                    else:
                        one |= bits.get(letter, 0)
                one <<= shifts[each]
                special = {"u": stat.S_ISUID, "g": stat.S_ISGID}.get(each, 0)
                if "s" in names:
                    one |= special
                if "t" in names:
                    one |= stat.S_ISVTX
                if sign == "=":
                    now &= ~((7 << shifts[each]) | special)
                now = now & ~one if sign == "-" else now | one
    return now
