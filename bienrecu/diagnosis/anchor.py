"""A piece of plain text without which a pattern cannot match: looking for it first spares most patterns their run."""

_QUANTIFIERS = "?*{"
_OTHER_SIGNS = ".^$+}"


def anchor(pattern: str) -> str:
    """The longest run of plain characters that every match of `pattern` contains; "" when none is certain.

    Groups and sets are passed over; so is a whole pattern with alternatives outside of a group."""
    runs, depth, position = [""], 0, 0
    while position < len(pattern):
        sign = pattern[position]
        if sign == "\\":
            position, sign = position + 1, "." if pattern[position + 1].isalnum() else pattern[position + 1]
            plain = sign != "."
        else:
            depth += (sign in "([") - (sign in ")]")
            plain = sign not in "()[]|" + _QUANTIFIERS + _OTHER_SIGNS
        if sign == "|" and depth == 0:
            return ""
        if sign == "{" and depth == 0:
            position = pattern.index("}", position)
        if depth == 0 and plain:
            runs[-1] += sign
        elif runs[-1]:
            runs[-1] = runs[-1][:-1] if sign in _QUANTIFIERS else runs[-1]
            runs.append("")
        position += 1
    return max(runs, key=len)
