"""The settings of OpenID Connect: what is read, and the one line for what makes no sense."""

from __future__ import annotations

import pytest

from config.environment import Environment, find_setting
from config.environment.env_file import Entry
from config.environment.openid import read_providers
from tests.unit.test_environment import Env, complaint

GIVEN = {
    "OIDC_ISSUER": "https://login.example.org/realms/film/",
    "OIDC_CLIENT_ID": "dailies",
    "OIDC_CLIENT_SECRET": "a secret",
}


def test_none_and_several() -> None:
    assert read_providers(Env()) == []
    second = {name.replace("OIDC_", "OIDC_2_"): value for name, value in GIVEN.items()}
    second |= {"OIDC_2_ISSUER": "https://id.example.com", "OIDC_2_NAME": "Studio", "OIDC_2_STAFF_GROUP": "film"}
    second |= {"OIDC_2_ALLOWED_DOMAINS": "Example.com, @example.org"}
    first, other = read_providers(Env(**GIVEN, **second))
    assert first == {
        "provider_id": "oidc",
        "name": "login.example.org",
        "client_id": "dailies",
        "secret": "a secret",
        "settings": {"server_url": "https://login.example.org/realms/film", "domains": [], "staff_group": ""},
    }
    assert (other["provider_id"], other["name"]) == ("oidc-2", "Studio")
    assert other["settings"]["domains"] == ["example.com", "example.org"]
    assert other["settings"]["staff_group"] == "film"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"OIDC_ISSUER": ""}, "OIDC_CLIENT_ID is set without OIDC_ISSUER."),
        ({"OIDC_CLIENT_ID": ""}, "OIDC_ISSUER is set without OIDC_CLIENT_ID."),
        ({"OIDC_CLIENT_SECRET": ""}, "OIDC_ISSUER is set without OIDC_CLIENT_SECRET."),
        ({"OIDC_ISSUER": "login.example.org"}, "OIDC_ISSUER must be an address"),
        ({"OIDC_ISSUER": "https://login.example.org/.well-known/openid-configuration"}, "must be an address"),
        ({"OIDC_ISSUER": "http://login.example.org"}, "must begin with https"),
        ({"OIDC_ISSUER": "https://accounts.google.com"}, "Set OIDC_ALLOWED_DOMAINS"),
        ({"OIDC_ALLOWED_DOMAINS": "example.org, everybody"}, "'everybody' is none"),
        ({"OIDC_NAME": "x" * 41}, "at most 40 characters"),
        ({"OIDC_2_STAFF_GROUP": "film"}, "OIDC_2_STAFF_GROUP is set without OIDC_2_ISSUER."),
        (
            {name.replace("OIDC", "OIDC_3"): value for name, value in GIVEN.items()},
            "Two of the OIDC_ISSUER settings are the same.",
        ),
    ],
)
def test_what_makes_no_sense_is_one_line(change: dict[str, str], says: str) -> None:
    assert says in complaint(lambda: read_providers(Env(**GIVEN | change)))


def test_this_machine_may_be_a_provider_without_https() -> None:
    assert read_providers(Env(**GIVEN | {"OIDC_ISSUER": "http://127.0.0.1:9000"}))


def test_numbered_names_are_settings_and_others_are_told() -> None:
    secret = find_setting("OIDC_2_CLIENT_SECRET")
    assert secret
    assert secret.secret
    assert find_setting("OIDC_1_ISSUER") is None
    env = Environment({"OIDC_2_ISSUER": "x", "OIDC_2_ISUER": "x"}, [Entry("OIDC_3_NAME", "Studio", 4)])
    assert [setting.name for setting in env.numbered()] == ["OIDC_2_ISSUER", "OIDC_3_NAME"]
    assert env.others() == []
    assert [sentence.partition(" ")[0] for sentence in env.warnings()] == ["OIDC_2_ISUER"]
