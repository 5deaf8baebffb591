"""What receivers report about a domain: who sends in its name (DMARC, RFC 9990 and 7489), TLS on the way to it
(RFC 8460)."""

from bienrecu.protocol.domain_report.dmarc import Check, DmarcReport, Source, read_dmarc
from bienrecu.protocol.domain_report.tls import TlsPolicy, TlsReport, read_tls
from bienrecu.protocol.domain_report.unpack import read_reports

__all__ = ("Check", "DmarcReport", "Source", "TlsPolicy", "TlsReport", "read_dmarc", "read_reports", "read_tls")
