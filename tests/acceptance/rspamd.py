"""A private rspamd that filters for a Postfix: refuses what holds one word, and asks strangers to come back.

It asks nobody outside this machine: no lists, no fuzzy hashes, and names are resolved where the tests say."""

from tests.acceptance.foreign import Foreign
from tests.acceptance.ports import free_port

SPAM = "tirelipimpon"
"""What this one takes for spam."""

RULES = """
config = {{}}
rspamd_config.OUR_SPAM = {{
  callback = function(task)
    for _, part in ipairs(task:get_text_parts()) do
      if tostring(part:get_content()):find("{spam}") then return true end
    end
    return false
  end,
  score = 20.0,
}}
"""

CONFIGURATION = """
options {{
  pidfile = "{home}/pid";
  tempdir = "{home}";
  cache_file = "{home}/cache";
  hs_cache_dir = "{home}";
  control_socket = "{home}/control mode=0600";
  local_addrs = [];
  filters = "";
  dns {{ nameserver = ["{dns}"]; timeout = 1s; retransmits = 1; }}
}}
logging {{ type = "file"; filename = "{home}/log"; level = "info"; }}
actions {{ reject = 15; add_header = 6; greylist = -100; }}
redis {{ servers = "127.0.0.1:{redis}"; }}
greylist {{
  timeout = {greylisted}s;
  expire = 1d;
  check_local = true;
  check_authed = true;
}}
modules {{ path = "/usr/share/rspamd/plugins/greylist.lua"; }}
lua = "{home}/rules.lua";
worker "rspamd_proxy" {{
  bind_socket = "127.0.0.1:{port}";
  count = 1;
  milter = yes;
  timeout = 20s;
  upstream "local" {{ default = yes; self_scan = yes; }}
}}
"""


class Rspamd(Foreign):
    """It is a milter at `port` of 127.0.0.1; who is new there waits `greylisted` seconds."""

    def __init__(self, dns: str, greylisted: int) -> None:
        super().__init__("rspamd")
        self.port, self.redis_port = free_port(), free_port()
        self.configuration = CONFIGURATION.format(
            home=self.home, dns=dns, redis=self.redis_port, port=self.port, greylisted=greylisted
        )

    def begin(self) -> None:
        (self.home / "rules.lua").write_text(RULES.format(spam=SPAM))
        (self.home / "rspamd.conf").write_text(self.configuration)
        redis = ["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", ""]
        self.run([*redis, "--dir", self.home, "--logfile", self.home / "redis.log"], self.redis_port)
        self.run(["rspamd", "-f", "-i", "-c", self.home / "rspamd.conf"], self.port)

    @property
    def milter(self) -> str:
        return f"inet:127.0.0.1:{self.port}"
