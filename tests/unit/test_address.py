"""Where the studio listens, and which addresses it prints and warns of."""

from __future__ import annotations

import socket

import pytest

from config.environment import setting_values
from config.studio import address
from config.studio.startup import CannotStart


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104 - read, not bound
        ("::", "[::1]"),
        ("::1", "[::1]"),
        ("film.example", "film.example"),
    ],
)
def test_the_address_that_is_printed_works_here(host: str, shown: str) -> None:
    assert address.url_host(host) == shown


def test_a_taken_port_is_named() -> None:
    for count in (1, 3):
        sockets = address.bind("127.0.0.1", 0, count)
        address.listen(sockets)
        (port,) = {each.getsockname()[1] for each in sockets}
        for others in (1, 2):
            with pytest.raises(CannotStart, match=f"port {port} of 127.0.0.1 is taken"):
                address.bind("127.0.0.1", port, others)
        for each in sockets:
            each.close()


@pytest.mark.parametrize("count", [1, 2])
def test_nobody_connects_before_it_listens(count: int) -> None:
    # a proxy asks another machine where a connection is refused, and would wait where it is taken and not answered
    sockets = address.bind("127.0.0.1", 0, count)
    port = sockets[0].getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    address.listen(sockets)
    socket.create_connection(("127.0.0.1", port)).close()
    for each in sockets:
        each.close()


@pytest.mark.parametrize("count", [1, 2])
def test_a_port_that_is_taken_between_binding_and_listening_is_named(count: int) -> None:
    first = address.bind("127.0.0.1", 0, count)
    port = first[0].getsockname()[1]
    second = address.bind("127.0.0.1", port, count)
    address.listen(first)
    with pytest.raises(CannotStart, match=f"port {port} of 127.0.0.1 is taken"):
        address.listen(second)
    for each in (*first, *second):
        each.close()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1"])
def test_an_address_of_another_machine(host: str) -> None:
    with pytest.raises(CannotStart, match=host):
        address.bind(host, 0)


def test_it_listens_on_ipv6_too() -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("no IPv6 here")
    (listener,) = address.bind("::1", 0)
    with listener:
        assert listener.family == socket.AF_INET6


def test_warnings_about_allowed_hosts() -> None:
    local = setting_values.LOCAL_HOSTS
    every_address = "0.0.0.0"  # noqa: S104
    assert address.access_warning("127.0.0.1", local) is None
    assert address.access_warning("::1", local) is None
    assert "Other machines" in (address.access_warning(every_address, local) or "")
    assert address.access_warning(every_address, [*local, "film.example"]) is None
    assert address.access_warning(every_address, ["*"]) is None
    assert "10.0.0.5" in (address.access_warning("10.0.0.5", local) or "")


@pytest.mark.parametrize(
    ("allowed", "name"), [(["film.example"], "film.example"), ([".example"], "example"), (["*"], "localhost")]
)
def test_the_studio_calls_itself_by_an_allowed_name(allowed: list[str], name: str) -> None:
    assert address.request_host(allowed) == name
