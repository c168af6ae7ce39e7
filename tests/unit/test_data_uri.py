"""Data URIs in the spellings that browsers take, and those that nobody can read."""

from __future__ import annotations

import base64

import pytest

from projects.net.data_uri import is_data_uri, read_data_uri

# its base64 has +, / and padding
BYTES = bytes([0xFB, 0xEF, 0xBF, 0xFF, 0x89, 0x50, 0x4E])
TEXT = base64.b64encode(BYTES).decode()


@pytest.mark.parametrize(
    "uri",
    [
        f"data:image/png;base64,{TEXT}",
        f"DATA:IMAGE/PNG;BASE64,{TEXT}",
        f"data:image/png;base64,{TEXT.rstrip('=')}",
        f"data:image/png;base64, {TEXT}",
        f"data:image/png;base64,{TEXT[:4]}\r\n{TEXT[4:]}\r\n",
        f"data:image/png;base64,{TEXT[:4]}%0A%20{TEXT[4:]}",
        f"data:image/png;base64,{TEXT.replace('+', '%2B').replace('/', '%2F').replace('=', '%3d')}",
        f"data:image/png;base64,{TEXT.replace('+', '-').replace('/', '_')}",
        f"data:image/png;charset=utf-8;name=a b.png;base64,{TEXT}",
        f"data:image/png; base64,{TEXT}",
        f"data:;base64,{TEXT}",
        f"  data:image/png;base64,{TEXT}",
        f"data:image/png;base64,{TEXT}#t=1",
        "data:image/png,%FB%EF%BF%FF%89PN",
        "data:,%fb%ef%bf%ff%89PN",
    ],
)
def test_one_file_in_all_spellings(uri: str) -> None:
    assert is_data_uri(uri)
    assert read_data_uri(uri) == BYTES


@pytest.mark.parametrize(
    "uri",
    [
        "data:image/png;base64",
        "data:",
        "data:;base64,AAAAA",
        "data:;base64,AA$A",
        "data:;base64,AA==AA",
        "data:;base64,ä",
    ],
)
def test_what_cannot_be_read(uri: str) -> None:
    with pytest.raises(ValueError):
        read_data_uri(uri)


def test_other_addresses() -> None:
    assert not any(map(is_data_uri, ("https://example.org/data:", "date:,x", "", "data")))
