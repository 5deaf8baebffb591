"""Mistyped domains: found where they are, and companies' own ones left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.domain.mailbox_provider import is_mailbox_provider
from bienrecu.domain.spelling import _PROVIDERS, distance, suggestion

SLIPS = """
    gmial.com:gmail.com gamil.com:gmail.com gmai.com:gmail.com gmaill.com:gmail.com gnail.com:gmail.com
    gmail.con:gmail.com gmail.cm:gmail.com gmail.co:gmail.com gmail.fr:gmail.com gmailcom:gmail.com gmial.con:gmail.com
    gmail..com:gmail.com gmail,com:gmail.com orange.f:orange.fr orange.frr:orange.fr orange,fr:orange.fr
    orangefr:orange.fr ornage.fr:orange.fr oange.fr:orange.fr hotmial.fr:hotmail.fr hotmail.f:hotmail.fr
    hotnail.com:hotmail.com homtail.com:hotmail.com hotmal.fr:hotmail.fr wanadoo.f:wanadoo.fr wandoo.fr:wanadoo.fr
    wanadou.fr:wanadoo.fr yaho.fr:yahoo.fr yahou.fr:yahoo.fr yhaoo.com:yahoo.com outlok.com:outlook.com
    outloock.fr:outlook.fr outlook.con:outlook.com laposte.ne:laposte.net lapost.net:laposte.net sfr.f:sfr.fr
    free.f:free.fr freee.fr:free.fr fere.fr:free.fr iclod.com:icloud.com icloud.con:icloud.com
    entreprise-durand.con:entreprise-durand.com mairie-lyon.frr:mairie-lyon.fr cabinet,fr:cabinet.fr
""".split()

COMPANIES = """
    orange.com sfr.com laposte.fr groupe-laposte.fr free.org grange.fr france.fr outdoor.fr outdoor.com cloud.com
    range.fr oranger.net mail.fr email.fr email.com mairie-lyon.fr paris.fr ac-lyon.fr ac-versailles.fr univ-lyon1.fr
    insa-lyon.fr gouv.fr interieur.gouv.fr education.gouv.fr ccomptes.fr edf.fr engie.com sncf.fr ratp.fr renault.com
    stellantis.com michelin.com airbus.com thalesgroup.com capgemini.com atos.net dassault-aviation.com bnpparibas.com
    credit-agricole.fr lcl.fr macif.fr maif.fr matmut.fr axa.fr allianz.fr carrefour.com auchan.fr leclerc.fr
    decathlon.com boulanger.com fnac.com durand-et-fils.fr sarl-martin.fr garage-moreau.fr cabinet-petit.eu
    formation-exemple.fr cfa-btp.fr greta.fr afpa.fr cnam.fr lyceejeanmoulin.fr hotel-du-parc.fr life.fr love.fr
    lise.fr sfp.fr sfa.fr nef.fr feuf.fr box.fr fred.fr voile.fr yoga.fr maison.fr gaia.com msf.fr aon.com snr.fr
    laporte.fr lacoste.com outlawz.com mailjet.com protonics.com
""".split()


@pytest.mark.parametrize("pair", SLIPS)
def test_a_slip_of_the_fingers_is_understood(pair: str) -> None:
    typed, meant = pair.split(":")
    assert suggestion(typed) == meant


@pytest.mark.parametrize("domain", COMPANIES)
def test_a_companys_own_domain_is_left_alone(domain: str) -> None:
    assert suggestion(domain) is None


@given(st.sampled_from(_PROVIDERS))
def test_a_provider_is_never_corrected(domain: str) -> None:
    assert suggestion(domain) is None
    assert suggestion(domain.upper()) is None


@given(st.text(max_size=80) | st.from_regex(r"[a-z0-9-]{1,12}[.,]{1,2}[a-z]{1,5}", fullmatch=True))
def test_whatever_is_typed_a_suggestion_is_a_domain_that_needs_none(typed: str) -> None:
    meant = suggestion(typed)
    if meant is not None:
        assert meant != typed
        assert suggestion(meant) is None


@given(st.sampled_from([p for p in _PROVIDERS if len(p.partition(".")[0]) >= 6]), st.data())
def test_two_neighbouring_letters_swapped_are_always_understood(provider: str, data: st.DataObject) -> None:
    name, _, ending = provider.partition(".")
    at = data.draw(st.integers(1, len(name) - 2))
    swapped = name[:at] + name[at + 1] + name[at] + name[at + 2 :] + "." + ending
    if not is_mailbox_provider(swapped):
        assert suggestion(swapped) == provider


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_distance_is_the_same_both_ways_and_no_longer_than_the_longer_word(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one) <= max(len(one), len(other))
    assert (distance(one, other) == 0) == (one == other)
