"""Services that hide where a link leads: filters hold them against a message, whoever sends it."""

SHORTENERS = frozenset(
    """
    0rz.tw 1url.com 2.gp 2tu.us 3.ly 4sq.com 6url.com adf.ly adfoc.us amzn.to b23.ru b54.in bc.vc bit.do bit.ly
    bitly.com
    bl.ink budurl.com buff.ly c-o.in chilp.it cl.ly clck.ru clicky.me cli.gs cut.ly cutt.ly cutt.us dai.ly db.tt dlvr.it
    fb.me ff.im fur.ly fwd4.me gg.gg go2l.ink goo.gl goo.su huff.to hyperurl.co ibit.ly idek.net inx.lv is.gd j.mp kl.am
    ht.ly l.ead.me lc.cx lien.io linktr.ee lnk.bio lnkd.in lnnk.in low.cc mcaf.ee migre.me moourl.com n9.cl nyti.ms
    o-x.fr ow.ly p.pw past.is po.st prettylink.pro ptiturl.com q.gs qr.ae qr.net rb.gy rebrand.ly reut.rs s.id s2r.co
    sc.link short.gy short.io shorte.st shorturl.at shorturl.gg shrtco.de sn.im snip.ly snipr.com snipurl.com soo.gd
    spoo.me su.pr surl.li t.co t.ly t2m.io tcrn.ch tgr.ph tiny.cc tiny.one tiny.pl tinyurl.com tl.gd to.ly tr.im
    trib.al twurl.nl u.nu u.to urlr.me url.ie urls.fr urlz.fr urly.fi v.gd v.ht vu.fr wp.me x.co xurl.es y2u.be yep.it
    yourls.org zi.ma zpr.io zws.im
    """.split()
)
