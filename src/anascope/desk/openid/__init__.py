"""Log-in by OpenID Connect: a provider, such as the hospital's, makes sure who somebody is.

The desk asks for an authorization code with PKCE, state and nonce, changes it for an ID token, and
checks that against the provider's keys. Which address a provider has, and which of its groups has
which role, stands in a YAML file. The protocol is Authlib's, and tokens are checked by joserfc.

>>> from anascope.desk.openid import OpenIDSettings
>>> about = {"issuer": "https://login.example", "address": "https://desk.example"}
>>> OpenIDSettings(client_id="desk", **about).callback
'https://desk.example/log-in/callback'
"""

from anascope.desk.openid._flow import begin_log_in, finish_log_in
from anascope.desk.openid._provider import Provider, ProviderFault
from anascope.desk.openid._settings import SECRET, OpenIDSettings, read_openid, secret_of

__all__ = [
    "SECRET",
    "OpenIDSettings",
    "Provider",
    "ProviderFault",
    "begin_log_in",
    "finish_log_in",
    "read_openid",
    "secret_of",
]
