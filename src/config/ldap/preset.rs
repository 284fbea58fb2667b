//! `directory`: what holds for each kind where the other keys do not say otherwise.

use super::DirectoryKind;

/// Active Directory's rule that follows a DN through groups in groups.
pub(crate) const IN_CHAIN: &str = "1.2.840.113556.1.4.1941";

/// The keys that depend on the kind.
pub(super) struct Preset {
    pub(super) user_filter: &'static str,
    pub(super) username_attribute: &'static str,
    pub(super) id_attribute: &'static str,
    pub(super) group_filter: &'static str,
    pub(super) nested_groups: bool,
}

/// Any group class, members by DN or by name.
const ANY_GROUP: &str = "(|(member={user_dn})(uniqueMember={user_dn})(memberUid={username}))";

impl Preset {
    pub(super) fn of(kind: DirectoryKind) -> Preset {
        match kind {
            DirectoryKind::OpenLdap => Preset {
                user_filter: "(&(objectClass=inetOrgPerson)(uid={username}))",
                username_attribute: "uid",
                id_attribute: "entryUUID",
                group_filter: ANY_GROUP,
                nested_groups: false,
            },
            // Nobody disabled is left out here: the bind says so, and the person with the right password is told.
            DirectoryKind::ActiveDirectory => Preset {
                user_filter: "(&(objectCategory=person)(objectClass=user)(sAMAccountName={username}))",
                username_attribute: "sAMAccountName",
                id_attribute: "objectGUID",
                group_filter: "(member:1.2.840.113556.1.4.1941:={user_dn})",
                nested_groups: true,
            },
            DirectoryKind::Ds389 => Preset {
                user_filter: "(&(|(objectClass=inetOrgPerson)(objectClass=nsPerson)(objectClass=posixAccount))(uid={username}))",
                username_attribute: "uid",
                id_attribute: "nsUniqueId",
                group_filter: ANY_GROUP,
                nested_groups: false,
            },
            DirectoryKind::FreeIpa => Preset {
                user_filter: "(&(objectClass=posixAccount)(uid={username}))",
                username_attribute: "uid",
                id_attribute: "ipaUniqueID",
                group_filter: "(member={user_dn})",
                nested_groups: true,
            },
            DirectoryKind::Rfc2307 => Preset {
                user_filter: "(&(objectClass=posixAccount)(uid={username}))",
                username_attribute: "uid",
                id_attribute: "entryUUID",
                group_filter: "(&(objectClass=posixGroup)(memberUid={username}))",
                nested_groups: false,
            },
        }
    }

    /// The same without groups in groups: only Active Directory's filter looks through them by itself.
    pub(super) fn flat_group_filter(&self) -> &'static str {
        if self.group_filter.contains(IN_CHAIN) { "(member={user_dn})" } else { self.group_filter }
    }
}
