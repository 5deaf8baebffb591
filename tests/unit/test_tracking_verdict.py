import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.domain.event import Kind
from bienrecu.domain.status import PROVES, Status
from bienrecu.tracking.verdict import MACHINE_HASTE, SIGNATURES, Signature, Verdict, verdict

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
YAHOO = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"
APPLE_PREFETCH = "Mozilla/5.0"


def judged(
    agent: str = PHONE, *, after: float | None = 3600, method: str = "GET", headers: dict[str, str] | None = None
) -> Verdict:
    return verdict(method=method, user_agent=agent, headers=headers or {}, seconds_since_accepted=after)


def test_a_phone_an_hour_later_is_a_person() -> None:
    assert judged() == Verdict(Kind.OPENED, "browser")


@pytest.mark.parametrize("agent", [GMAIL, YAHOO, APPLE_PREFETCH])
def test_an_image_load_by_a_mail_proxy_or_apples_prefetch_3_s_after_delivery_is_a_machines(agent: str) -> None:
    assert judged(agent, after=3).kind is Kind.MACHINE_LOAD


@pytest.mark.parametrize("agent", [GMAIL, YAHOO])
def test_a_mail_proxy_an_hour_later_shows_the_message_to_a_person(agent: str) -> None:
    assert judged(agent).kind is Kind.OPENED


def test_apples_prefetch_is_a_machines_however_late() -> None:
    assert judged(APPLE_PREFETCH, after=86_400) == Verdict(Kind.MACHINE_LOAD, "apple-prefetch")


def test_nobody_opens_within_ten_seconds() -> None:
    assert judged(after=MACHINE_HASTE) == Verdict(Kind.MACHINE_LOAD, "too-soon")
    assert judged(after=MACHINE_HASTE + 0.1).kind is Kind.OPENED


@pytest.mark.parametrize("after", [None, -5.0])
def test_nobody_opens_what_no_server_has_accepted(after: float | None) -> None:
    assert judged(after=after).kind is Kind.MACHINE_LOAD


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST"])
def test_showing_an_image_takes_a_get(method: str) -> None:
    assert judged(method=method) == Verdict(Kind.MACHINE_LOAD, "method")


@pytest.mark.parametrize(
    "headers",
    [{"sec-purpose": "prefetch;prerender"}, {"purpose": "Prefetch"}, {"x-moz": "prefetch"}, {"x-purpose": "preview"}],
)
def test_a_browser_that_says_it_prefetches_is_believed(headers: dict[str, str]) -> None:
    assert judged(headers=headers) == Verdict(Kind.MACHINE_LOAD, "prefetch-header")


@pytest.mark.parametrize("agent", ["", "   "])
def test_who_does_not_say_what_it_is_is_a_machine(agent: str) -> None:
    assert judged(agent) == Verdict(Kind.MACHINE_LOAD, "no-agent")


def test_a_program_that_nobody_knows_is_no_credible_open() -> None:
    assert judged("Something/1.0") == Verdict(Kind.MACHINE_LOAD, "unknown-agent")


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda signature: signature.name)
def test_each_signature_knows_its_own_example_before_any_other_does(signature: Signature) -> None:
    found = judged(signature.example)
    assert found.why == signature.name
    assert (found.kind is Kind.MACHINE_LOAD) == signature.is_machine


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (Linux; Android 10; CUBOT NOTE 20 PRO) AppleWebKit/537.36 Chrome/96.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 9; CUBOT_X18_Plus Build/PPR1) AppleWebKit/537.36 Chrome/83.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 12; CUBOT/P60) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/110.0 Mobile",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:109.0) Gecko/20100101 Thunderbird/115.6.1",
        "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Trident/7.0; Microsoft Outlook 16.0.5134; MSOffice 16)",
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)",
        "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 "
        "Safari/537.36 Edg/120.0.0.0",
        "Mozilla/5.0 (Linux; Android 14; SM-S911B; wv) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
    ],
)
def test_what_people_read_mail_with_is_never_taken_for_a_robot(agent: str) -> None:
    assert judged(agent).kind is Kind.OPENED


@pytest.mark.parametrize(
    "agent",
    [
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 11_0 like Mac OS X) AppleWebKit/537.36 Mobile Safari/537.36; Bytespider",
        "WhatsApp/2.23.20.0",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) BingPreview/1.0b Chrome/80.0",
        "curl/8.5.0",
        "Wget/1.21.4",
        "Java/17.0.9",
        "okhttp/4.12.0",
        "Go-http-client/2.0",
        "Python/3.11 aiohttp/3.9.1",
        "lua-resty-http/0.16.1 (Lua) ngx_lua/10021",
        "AHC/2.1",
        "Amazon CloudFront",
        "Mozilla/5.0 (Windows NT 10.0) Mimecast/1.0",
        "urldefense.proofpoint.com",
    ],
)
def test_filters_previews_and_libraries_are_machines(agent: str) -> None:
    assert judged(agent).kind is Kind.MACHINE_LOAD


def test_a_machines_load_proves_nothing() -> None:
    assert PROVES[judged(APPLE_PREFETCH).kind] is None
    assert PROVES[judged().kind] is Status.OPENED


def test_known_robots_of_the_web_are_machines_but_for_the_two_proxies_people_read_through() -> None:
    here = Path(__file__).parents[2].parent
    samples = next(here.glob("*/data/standards/user-agents/crawlers.json"), None)
    if samples is None:
        pytest.skip("no collection of robots' user agents (crawlers.json) beside the repository")
    agents = [agent for robot in json.loads(samples.read_text("utf-8")) for agent in robot["instances"]]
    machines = [agent for agent in agents if judged(agent).kind is Kind.MACHINE_LOAD]
    assert len(machines) / len(agents) > 0.95
    assert not {GMAIL, YAHOO} & set(machines)


@given(
    agent=st.text(max_size=3000),
    headers=st.dictionaries(st.sampled_from(["purpose", "x-moz", "accept", "referer"]), st.text(max_size=300)),
    method=st.sampled_from(["GET", "HEAD"]),
    after=st.none() | st.floats(allow_nan=True),
)
def test_whatever_a_visitor_sends_only_a_rules_name_and_a_verdict_come_out(
    agent: str, headers: dict[str, str], method: str, after: float | None
) -> None:
    found = verdict(method=method, user_agent=agent, headers=headers, seconds_since_accepted=after)
    rules = {"method", "prefetch-header", "before-acceptance", "too-soon", "no-agent", "unknown-agent"}
    assert found.kind in (Kind.OPENED, Kind.MACHINE_LOAD)
    assert found.why in rules | {signature.name for signature in SIGNATURES}
    assert found.__slots__ == ("kind", "why")
