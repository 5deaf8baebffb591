"""The image whose load may tell that a message was opened: the smallest transparent GIF (GIF89a)."""

GIF = bytes.fromhex(
    "474946383961"  # GIF89a
    "0100 0100 80 00 00"  # one pixel by one, a palette of two colours
    "ffffff 000000"
    "21f904 01 0000 00 00"  # the first colour is transparent
    "2c 0000 0000 0100 0100 00"
    "02 02 44 01 00 3b"
)

HEADERS = {
    "content-type": "image/gif",
    "content-length": str(len(GIF)),
    # A stored copy would hide the opens that follow, and keep on a disk what the person may withdraw.
    "cache-control": "no-store, private",
    # Webmail shows it from another site.
    "cross-origin-resource-policy": "cross-origin",
    "x-robots-tag": "noindex",
}
