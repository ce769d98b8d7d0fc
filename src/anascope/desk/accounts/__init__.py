"""Who works at the desk, what each may do, and how they log in.

Passwords are kept as Argon2id hashes, and of a session the hash of its token. People may also log
in on the word of a provider (:mod:`anascope.desk.openid`). Without any account
there is one local user who may do all: whoever serves pages to other machines must ask for accounts
first.

>>> from anascope.desk.accounts import Role
>>> Role.SENIOR.may(Role.READER)
True
"""

from anascope.desk.accounts._identity import Identity, link_identity
from anascope.desk.accounts._log_in import LogIn, LogInRefused, TooManyAttempts, log_in
from anascope.desk.accounts._manage import (
    Account,
    accounts,
    add_account,
    change_password,
    change_role,
    switch_account,
)
from anascope.desk.accounts._require import NotAllowed, local_user, require
from anascope.desk.accounts._sessions import log_out, user_of
from anascope.desk.accounts._user import LOCAL, Origin, Role, User, operator, shown_name
from anascope.desk.accounts._vouched import Person, log_in_vouched

__all__ = [
    "LOCAL",
    "Account",
    "Identity",
    "LogIn",
    "LogInRefused",
    "NotAllowed",
    "Origin",
    "Person",
    "Role",
    "TooManyAttempts",
    "User",
    "accounts",
    "add_account",
    "change_password",
    "change_role",
    "link_identity",
    "local_user",
    "log_in",
    "log_in_vouched",
    "log_out",
    "operator",
    "require",
    "shown_name",
    "switch_account",
    "user_of",
]
