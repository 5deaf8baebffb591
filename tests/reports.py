"""Reports about a domain, as those who make them write them: who sends in its name (RFC 9990), TLS (RFC 8460)."""

import io
import json
import zipfile
from datetime import UTC, datetime, time, timedelta
from typing import Any

YESTERDAY = datetime.combine(datetime.now(UTC).date() - timedelta(days=1), time(tzinfo=UTC))

XML = """<?xml version="1.0" encoding="UTF-8"?>{doctype}
<feedback{ns}><report_metadata><org_name>Receveur</org_name><report_id>r1</report_id>
<date_range><begin>1767225600</begin><end>1767311999</end></date_range></report_metadata>
<policy_published><domain>OF.example</domain><p>none</p></policy_published>
<record><row><source_ip>192.0.2.1</source_ip><count>5</count>
<policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>fail</spf></policy_evaluated></row>
<identifiers><header_from>of.example</header_from></identifiers></record>
<record><row><source_ip>198.51.100.9</source_ip><count>2</count>
<policy_evaluated><disposition>none</disposition><dkim>fail</dkim><spf>fail</spf></policy_evaluated></row>
<identifiers><header_from>{name}</header_from></identifiers></record></feedback>"""


def xml(doctype: str = "", ns: str = "", name: str = "of.example") -> bytes:
    return XML.format(doctype=doctype, ns=ns, name=name).encode()


def a_record(ip: str, count: int = 3, dkim: str = "fail", spf: str = "fail", results: str = "") -> str:
    return (
        f"<record><row><source_ip>{ip}</source_ip><count>{count}</count><policy_evaluated>"
        f"<disposition>none</disposition><dkim>{dkim}</dkim><spf>{spf}</spf></policy_evaluated></row><identifiers>"
        f"<header_from>of.fr</header_from></identifiers><auth_results>{results}</auth_results></record>"
    )


def signed(domain: str, selector: str = "s1", result: str = "pass") -> str:
    return f"<dkim><domain>{domain}</domain><selector>{selector}</selector><result>{result}</result></dkim>"


def dmarc(
    *records: str, about: str = "of.fr", id: str = "r1", begin: datetime = YESTERDAY, policy: str = "none"
) -> bytes:
    end = int(begin.timestamp()) + 86399
    return (
        f"<feedback><report_metadata><org_name>Receveur</org_name><report_id>{id}</report_id><date_range><begin>"
        f"{int(begin.timestamp())}</begin><end>{end}</end></date_range></report_metadata><policy_published><domain>"
        f"{about}</domain><p>{policy}</p></policy_published>{''.join(records or [a_record('192.0.2.1')])}</feedback>"
    ).encode()


def tls(about: str = "of.fr", kind: str = "certificate-expired", failed: Any = 3, name: str = "Receveur") -> bytes:
    day = YESTERDAY.date()
    dates = {"start-datetime": f"{day}T00:00:00Z", "end-datetime": f"{day}T23:59:59Z"}
    summary = {"total-successful-session-count": 40, "total-failure-session-count": failed}
    policy = {"policy": {"policy-type": "sts", "policy-domain": about}, "summary": summary}
    policy["failure-details"] = [{"result-type": kind, "failed-session-count": failed}]  # type: ignore[assignment]
    report = {"organization-name": name, "report-id": "t1", "date-range": dates, "policies": [policy]}
    return json.dumps(report).encode()


def zipped(*documents: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, document in enumerate(documents):
            archive.writestr(f"{number}.xml", document)
    return made.getvalue()
