"""Who is in every directory of the test bed. What only one kind of directory can do stands in that kind's own file."""

import socket
import time

PASSWORD = "Right.Horse-7"  # everybody's
SERVICE_PASSWORD = "Service.Door-3"  # of the account that looks people up, and may do nothing else

# Login name, full name (which is in the DN), groups.
PEOPLE = [
    ("mira", "Mira Lind", ["developers"]),
    ("nils", "Nils Holm", []),
    ("pia", "Pia Berg", ["interns"]),
    ("olga", "Olga Frost", ["developers", "operators"]),
    ("leaver", "Lea Ver", ["developers"]),  # tests disable her, or take her out of the group
    ("mover", "Mo Ver", ["developers"]),
    ("guessed", "Gus Guessed", ["developers"]),  # whose password tests guess
    ("alice", "Alice Twin", ["developers"]),  # known to Coracle's own users file, too
    # Names that must be escaped somewhere between a form, a filter and a DN.
    ("comma", "Doe, Jane", ["developers"]),
    ("star", "Star * Light", ["developers"]),
    ("paren", "Paul (Paren) Smith)", ["developers"]),
    ("backslash", "Back\\slash \\2a", ["developers"]),
    ("umlaut", "J\u00fcrgen Gr\u00f6\u00dfe", ["developers"]),
    ("hash", "#hash first", ["developers"]),
    ("quote", 'Plus + "Quote" <a;b>=c', ["developers"]),
    ("long", "Long Dn", ["developers"]),  # deep below DEEP
    # States of an account; all would get in otherwise.
    ("locked", "Lo Cked", ["developers"]),
    ("disabled", "Dis Abled", ["developers"]),
    ("expired", "Ex Pired", ["developers"]),
    ("mustchange", "Must Change", ["developers"]),
]

# Groups and the groups in them. An intern is a developer at a depth of two.
GROUPS = {"developers": ["trainees"], "trainees": ["interns"], "interns": [], "operators": []}

# Names of organizational units, outermost first, that make a DN of some 800 bytes.
DEEP = [f"unit {n} with quite a long name, and a comma, so that it grows" for n in range(10)]

START_LIMIT = 60  # s for a directory to listen while its state is made
LOCKOUT = 5  # wrong passwords in a row that lock an account


def in_group(group):
    return [login for login, _, groups in PEOPLE if group in groups]


def escaped(value):
    """A value of an RDN (RFC 4514)."""
    text = "".join("\\" + c if c in ',+"\\<>;=' else c for c in value)
    if text[:1] in ("#", " "):
        text = "\\" + text
    return text


def dn_of(login, full_name, base):
    """Where the entry of this person is."""
    above = "".join(f"ou={escaped(unit)}," for unit in reversed(DEEP)) if login == "long" else ""
    return f"cn={escaped(full_name)},{above}{base}"


def until_listens(port):
    """Waits until a server that was just started takes connections."""
    deadline = time.monotonic() + START_LIMIT
    while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
        if time.monotonic() > deadline:
            raise TimeoutError(f"nobody listens on port {port} after {START_LIMIT} s")
        time.sleep(0.05)
