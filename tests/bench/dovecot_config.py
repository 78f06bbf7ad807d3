"""What Dovecot is told to do beside Roost: of Debian's 2.3, and of 2.4, whose settings have other names."""

BASE = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/dovecot.log
protocols = imap lmtp
mail_location = sdbox:~/mail
mail_fsync = {fsync}
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
ssl = yes
ssl_cert = <{dir}/certificate.pem
ssl_key = <{dir}/key.pem
disable_plaintext_auth = no
lmtp_save_to_detail_mailbox = no
postmaster_address = postmaster@example.org
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {dir}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={dir}/home/%u
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  {login_chroot}
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {imaps}
    ssl = yes
  }}
  {login}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service imap {{
  {worker}
}}
{more}
"""

TUNED = {
    "login": "service_count = 0\n  process_min_avail = 2\n  process_limit = 4\n  client_limit = 20000",
    "worker": "service_count = 0\n  process_min_avail = 8\n  process_limit = 20000",
    "more": """
default_client_limit = 25000
default_process_limit = 1000
mail_max_userip_connections = 20000
auth_cache_size = 16M
service auth {
  client_limit = 60000
}
service anvil {
  client_limit = 60000
}
service lmtp {
  process_limit = 100
}
""",
}
# Without this a load of several connections for one user would be refused; it makes nothing faster.
SHIPPED = {"login": "", "worker": "", "more": "mail_max_userip_connections = 20000\n"}

BASE_24 = """
dovecot_config_version = {version}
dovecot_storage_version = 2.4.0
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/dovecot.log
listen = 127.0.0.1
protocols {{
  imap = yes
  lmtp = yes
}}
mail_driver = sdbox
mail_home = {dir}/home/%{{user}}
mail_path = ~/mail
mail_fsync = {fsync}
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
ssl = yes
ssl_server_cert_file = {dir}/certificate.pem
ssl_server_key_file = {dir}/key.pem
auth_allow_cleartext = yes
passdb passwd-file {{
  passwd_file_path = {dir}/users
}}
userdb static {{
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  {login_chroot}
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
  {login}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service imap {{
  {worker}
}}
{more}
"""


def in_24(settings):
    """The same settings by the names of 2.4, where a process without a limit of requests is the default of some."""
    return {name: text.replace("service_count = 0", "restart_request_count = unlimited")
            for name, text in settings.items()}
