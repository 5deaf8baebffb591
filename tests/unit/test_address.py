import pytest

from bienrecu.domain.address import Address, AddressError
from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.domain.mailbox_provider import is_mailbox_provider
from bienrecu.domain.searchable import searchable


def test_an_accented_domain_is_kept_in_its_ascii_form() -> None:
    assert Address.parse("Jean.Petit@Éxemple.fr") == Address("Jean.Petit", "xn--xemple-9ua.fr")


def test_an_accented_name_before_the_at_sign_needs_smtputf8() -> None:
    assert Address.parse("josé@exemple.fr").needs_smtputf8
    assert not Address.parse("jose@exemple.fr").needs_smtputf8


@pytest.mark.parametrize(
    "text", ["", "paul", "paul@", "@exemple.fr", "a b@exemple.fr", "a@b@exemple.fr", "a@[127.0.0.1]"]
)
def test_what_is_not_of_the_form_name_at_domain_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        Address.parse(text)


def test_an_ip_address_in_a_reply_is_not_an_enhanced_code() -> None:
    assert EnhancedCode.find("host 5.6.7.8 said: no") is None
    assert EnhancedCode.find("550-5.1.1 unknown") == EnhancedCode(5, 1, 1)
    assert EnhancedCode.find("see 5.7.26.1") is None


@pytest.mark.parametrize(
    "domain", ["gmail.com", "orange.fr", "sfr.fr", "laposte.net", "bbox.fr", "yahoo.fr", "free.fr"]
)
def test_domains_where_anybody_has_a_mailbox_are_known(domain: str) -> None:
    assert is_mailbox_provider(domain)


def test_an_organisations_own_domain_is_no_mailbox_provider() -> None:
    assert not is_mailbox_provider("formation-exemple.fr")


def test_a_search_needs_neither_case_nor_accents() -> None:
    assert searchable("Noémie LÉGER") == "noemie leger"
