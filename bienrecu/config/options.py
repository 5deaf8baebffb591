"""Every setting of Bien Reçu: unit, default, why one would change it. docs/settings.md is made from this list."""

from bienrecu.config import parsers as p
from bienrecu.config.option import Option

OPTIONS = (
    # Where things are
    Option("data_dir", p.path, "var", "Folder for the embedded database, the secret key and temporary files."),
    Option(
        "database_url",
        p.optional(p.text),
        "",
        "Database: `sqlite:///path` or `postgresql://user:password@host:port/name`. Empty: SQLite in the data "
        "folder. PostgreSQL (15 or later) is needed for several machines.",
    ),
    Option(
        "secret_key",
        p.text,
        "",
        "Secret that signs sessions, return addresses and links: 50 random characters, the same on all machines. "
        "Empty: made at the first start and kept in the data folder. Changing it makes the links and return "
        "addresses of e-mails already sent unreadable.",
        secret=True,
    ),
    # The pages
    Option(
        "public_url",
        p.url("http", "https"),
        "http://127.0.0.1:8025",
        "Address of the pages as people reach them, also written into the links of e-mails.",
    ),
    Option("listen", p.endpoint, "127.0.0.1:8025", "Host and port on which the pages are served."),
    Option(
        "trusted_proxies",
        p.words(),
        "127.0.0.1 ::1",
        "Addresses of the proxies in front of the pages, whose X-Forwarded-* fields are believed.",
    ),
    Option("language", p.one_of("fr", "en"), "fr", "Language of those who have not chosen one."),
    Option("time_zone", p.zone, "Europe/Paris", "Time zone of those who have not chosen one."),
    # Who we are for other mail servers
    Option(
        "hostname",
        p.text,
        "localhost",
        "Name of this machine in EHLO and in Message-ID; its A and PTR records should agree with it.",
    ),
    Option(
        "platform_address",
        p.mailbox,
        "envoi@bienrecu.invalid",
        "Sending address shared by the organisations that have none of their own; each gets a plus tag.",
    ),
    Option(
        "platform_name",
        p.text,
        "Bien Reçu",
        "Name shown after an organisation's own when it uses the shared address.",
    ),
    # How e-mails leave
    Option(
        "relay_url",
        p.optional(p.url("smtp", "smtps")),
        "",
        "Hand everything to this server instead of delivering directly: `smtp://user:password@host:587` "
        "(STARTTLS) or `smtps://user:password@host:465`.",
        secret=True,
    ),
    Option("smtp_port", p.whole(1, 65535), "25", "Port of recipients' mail servers; another one only for tests."),
    Option(
        "dns_servers",
        p.words(p.endpoint),
        "",
        "DNS servers to ask, as `host:port` separated by spaces. Empty: those of the machine.",
    ),
    Option(
        "dns_validates",
        p.switch,
        "no",
        "The DNS servers validate DNSSEC, and nobody can stand between them and us (best on this machine): then the "
        "certificates that domains announce (DANE) are insisted on.",
    ),
    Option(
        "allow_private_addresses",
        p.switch,
        "no",
        "Deliver also to loopback and private addresses: only for tests, or a mail system inside one's own network.",
    ),
    Option(
        "dkim_keys",
        p.words(p.dkim_key),
        "",
        "Keys that sign e-mails, as `domain:selector:file.pem` separated by spaces; RSA (2048 bits) and Ed25519.",
    ),
    Option(
        "dkim_zone",
        p.optional(p.domain),
        "",
        "Domain of yours in which you publish the keys of organisations' own domains (`bienrecu zone` prints its "
        "records): they then publish a CNAME once, and keys change without them. Empty: they publish each key.",
    ),
    Option(
        "sending_addresses",
        p.words(p.ip),
        "",
        "Addresses from which e-mails leave, where they are not those of the host name: their names and SPF are "
        "looked at.",
    ),
    Option(
        "blocklists",
        p.words(p.blocklist),
        "",
        "Blocklists to be asked when an administrator looks at all that the DNS answers, as `zone` for lists of "
        "addresses and `domain:zone` for lists of domains. Read their terms first: most want to know who asks.",
    ),
    Option(
        "retry_first_wait",
        p.whole(1, 86400),
        "180",
        "Seconds before the second attempt after a temporary refusal; the wait doubles each time, up to four hours.",
    ),
    Option("retry_max_age", p.whole(1, 240), "72", "Hours of temporary refusals after which we give up."),
    Option(
        "max_connections",
        p.whole(1, 2000),
        "200",
        "Connections to mail servers, at most, per engine; as many again may wait for servers that do not answer.",
    ),
    # What comes back
    Option(
        "return_path",
        p.return_path,
        "r.{token}@returns.bienrecu.invalid",
        "Address to which reports come back; `{token}` becomes the recipient's signed token. Its domain's MX must "
        "lead to the receiver of returns, or its mailbox be read over IMAP.",
    ),
    Option("returns_listen", p.endpoint, "127.0.0.1:2525", "Host and port of the receiver of returns."),
    Option(
        "returns_imap_url",
        p.optional(p.url("imap", "imaps")),
        "",
        "Mailbox to read returns from, for those who cannot receive: `imaps://user:password@host/INBOX`.",
        secret=True,
    ),
    # Rehearsing
    Option(
        "simulator",
        p.switch,
        "yes",
        "Answer for the reserved domain simulator.invalid, so that anyone can rehearse; nothing of it leaves.",
    ),
    Option("simulator_listen", p.endpoint, "127.0.0.1:2526", "Host and port of the simulator's mail server."),
    Option(
        "public_explorer",
        p.switch,
        "no",
        "Open the page that explains refusals to people without an account, at /refusals. What is pasted is not kept.",
    ),
    # Limits and operation
    Option(
        "max_message_size",
        p.whole(1, 100),
        "18",
        "Size of an e-mail with its attachments before encoding, in MB, at most.",
    ),
    Option(
        "rspamd_url",
        p.optional(p.url("http", "https")),
        "",
        "An rspamd to ask before sending, as `http://host:11333`: its points and rules stand beside our advice. It "
        "reads the whole e-mail.",
    ),
    Option(
        "spamassassin",
        p.optional(p.endpoint),
        "",
        "A SpamAssassin to ask before sending, as the `host:783` of its spamd. It reads the whole e-mail.",
    ),
    Option(
        "max_linked_size",
        p.whole(1, 500),
        "60",
        "Size of the files of one e-mail that are sent as download links, in MB, at most.",
    ),
    Option("link_days", p.whole(1, 3650), "90", "Days during which a file sent as a link can be downloaded."),
    Option(
        "metrics_token",
        p.text,
        "",
        "Token that opens /metrics (Authorization: Bearer …). Empty: only this machine may read them.",
        secret=True,
    ),
    Option("log_format", p.one_of("text", "json"), "text", "Form of the log lines."),
    Option(
        "log_level",
        p.one_of("debug", "info", "warning", "error"),
        "info",
        "Least important log lines to write.",
    ),
    Option(
        "debug",
        p.switch,
        "no",
        "Show errors in detail in the pages. Never on a machine that others can reach.",
    ),
)
