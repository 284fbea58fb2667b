"""389 Directory Server, as `servers.sh up NAME 389ds` runs it.

Beyond people.py it has the states `grace` and `soon`. memberOf is on. Whoever has bound may read everything but passwords.
"""

import grp
import os
import pwd
import subprocess
import sys
import time

import certificates
import people
import tree
from tree import GROUP_BASE, SUFFIX

INSTANCE = "rig"
ADMIN, ADMIN_PASSWORD = "cn=Directory Manager", "Admin.Door-9"
PREFIX = f"/etc/dirsrv/slapd-{INSTANCE}"
PATHS = "/usr/share/dirsrv/inf/defaults.inf"
RUNTIME = ("/run/dirsrv", "/run/lock/dirsrv", f"/run/lock/dirsrv/slapd-{INSTANCE}")
LONG_AGO, NEVER = "20200101000000Z", "19700101000000Z"
FOR_EVER = str(10 * 365 * 86400)  # s, longer than a cached state is used
STOP_LIMIT = 20  # s
# With LMDB, its keys of at most 511 bytes, and a group with a member whose DN is longer, 389-ds 3.1 finds the group only by
# the members in front of that one.
DATABASE = "bdb"

PEOPLE = people.PEOPLE + [("grace", "Gra Ce", ["developers"]), ("soon", "So On", ["developers"])]

INF = f"""
[general]
full_machine_name = dc1.corp.example.org
start = False
strict_host_checking = False
selinux = False
systemd = False
[slapd]
instance_name = {INSTANCE}
root_password = {ADMIN_PASSWORD}
port = 389
secure_port = 636
self_sign_cert = True
db_lib = {DATABASE}
[backend-userroot]
suffix = {SUFFIX}
create_suffix_entry = True
"""

LOCKING = {"passwordLockout": "on", "passwordMaxFailure": str(people.LOCKOUT), "passwordUnlock": "off"}
# Of cn=config; passwords lock accounts and never expire, but where POLICY says otherwise.
CONFIG = LOCKING | {
    "passwordExp": "off", "passwordResetFailureCount": FOR_EVER, "nsslapd-pwpolicy-local": "on",
    "nsslapd-allow-anonymous-access": "rootdse", "nsslapd-allow-hashed-passwords": "on",
}
# What people's own policies say.
POLICY = {
    "mustchange": LOCKING | {"passwordMustChange": "on"},
    "expired": LOCKING | {"passwordExp": "on", "passwordMaxAge": "86400", "passwordGraceLimit": "0"},
    "grace": LOCKING | {"passwordExp": "on", "passwordMaxAge": "86400", "passwordGraceLimit": "50"},
    "soon": LOCKING | {"passwordExp": "on", "passwordMaxAge": FOR_EVER, "passwordWarning": FOR_EVER},
}
# What makes the state of an account, beside its policy.
STATE = {
    "locked": {"accountUnlockTime": NEVER, "passwordRetryCount": str(people.LOCKOUT)},
    "disabled": {"nsAccountLock": "true"},
    "expired": {"passwordExpirationTime": LONG_AGO},
    "grace": {"passwordExpirationTime": LONG_AGO},
}
READ_ALL = (
    '(targetattr != "userPassword")(version 3.0; acl "who has bound may read"; '
    'allow (read, search, compare) userdn = "ldap:///all";)'
)


def provision():
    certificates.make()
    make_runtime()
    # dscreate would ask systemd to start what it made.
    with open(PATHS) as file:
        text = file.read()
    with open(PATHS, "w") as file:
        file.write(text.replace("with_systemd = 1", "with_systemd = 0"))
    with open("/tmp/rig.inf", "w") as file:
        file.write(INF)
    quiet("dscreate", "from-file", "/tmp/rig.inf")
    for words in (
        ["import-ca", certificates.CA, "rig-ca"],
        ["import-server-key-cert", certificates.CERTIFICATE, certificates.KEY],
    ):
        quiet("dsctl", INSTANCE, "tls", *words)
    with running():
        configure()
    with running(): # with the plugin
        tree.add(tree.below_suffix(PEOPLE, {}), ADMIN, ADMIN_PASSWORD)
        tree.add(tree.groups(PEOPLE), ADMIN, ADMIN_PASSWORD)
        states()


def quiet(*words):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}: {done.stdout.decode(errors='replace')}")


class running:
    def __enter__(self):
        self.server = subprocess.Popen(command())
        people.until_listens(389)

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait(STOP_LIMIT)


def configure():
    replace("cn=config", CONFIG)
    replace("cn=MemberOf Plugin,cn=plugins,cn=config", {"nsslapd-pluginEnabled": "on"})
    replace(SUFFIX, {"aci": READ_ALL})


def states():
    from lib389 import DirSrv
    from lib389.pwpolicy import PwPolicyManager

    instance = DirSrv()
    instance.local_simple_allocate(INSTANCE, ldapuri="ldap://127.0.0.1", password=ADMIN_PASSWORD)
    instance.open()
    for login, rules in POLICY.items():
        PwPolicyManager(instance).create_user_policy(dn(login), rules)
        # Set anew, under the policy.
        replace(dn(login), {"userPassword": people.PASSWORD})
    for login, attributes in STATE.items():
        replace(dn(login), attributes)


def replace(dn, attributes):
    import ldap

    changes = [(ldap.MOD_REPLACE, name, value and [value.encode()]) for name, value in attributes.items()]
    tree.connection(ADMIN, ADMIN_PASSWORD).modify_s(dn, changes)


def make_runtime():
    own = (pwd.getpwnam("dirsrv").pw_uid, grp.getgrnam("dirsrv").gr_gid)
    for path in RUNTIME:
        os.makedirs(path, exist_ok=True)
        os.chown(path, *own)


def command():
    return ["ns-slapd", "-D", PREFIX, "-i", "/run/dirsrv/rig.pid", "-d", "0"]


def serve():
    make_runtime()
    os.execvp("ns-slapd", command())


# --- asked by tests --------------------------------------------------------------------------------------------------


def dn(login):
    return tree.dn(PEOPLE, login)


def failures(login):
    """How many wrong passwords in a row it has counted, and whether that locked the account."""
    import ldap

    wanted = ["passwordRetryCount", "accountUnlockTime"]
    known = tree.connection(ADMIN, ADMIN_PASSWORD).search_s(dn(login), ldap.SCOPE_BASE, attrlist=wanted)[0][1]
    count = known.get("passwordRetryCount", [b"0"])[0].decode()
    print(count, "locked" if "accountUnlockTime" in known else "open")


def disable(login):
    replace(dn(login), {"nsAccountLock": "true"})


def enable(login):
    """Also forgets wrong passwords."""
    replace(dn(login), {"nsAccountLock": None, "accountUnlockTime": None, "passwordRetryCount": None})


def leave(login, group):
    import ldap

    change = [(ldap.MOD_DELETE, "member", [dn(login).encode()])]
    tree.connection(ADMIN, ADMIN_PASSWORD).modify_s(f"cn={group},{GROUP_BASE}", change)


def join(login, group):
    import ldap

    change = [(ldap.MOD_ADD, "member", [dn(login).encode()])]
    tree.connection(ADMIN, ADMIN_PASSWORD).modify_s(f"cn={group},{GROUP_BASE}", change)


ANSWERS = {act.__name__: act for act in (provision, serve, failures, disable, enable, leave, join)}
if __name__ == "__main__":
    ANSWERS[sys.argv[1]](*sys.argv[2:])
