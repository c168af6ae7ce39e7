"""Rows of files that stand in a scene's folders already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import DateTimeField, UUIDField

from projects.disk.layout import FOLDER_BY_KIND
from projects.disk.media import Media
from projects.disk.media_files import file_time
from projects.mirror import write
from projects.models import Asset, Scene


@dataclass(frozen=True)
class Original:
    """The picture that another one was made of, in `images/originals/`."""

    file_name: str
    sha256: str


def add_asset(
    scene: Scene,
    file_name: str,
    media: Media,
    source: Asset.Source,
    take: int | None = None,
    *,
    original_name: str = "",
    original: Original | None = None,
) -> Asset:
    """Make the row of a file, in a transaction; scene.json follows the commit."""
    asset = Asset.objects.create(
        scene=scene,
        kind=media.kind,
        file_name=file_name,
        original_name=original_name,
        original_file=original.file_name if original else "",
        original_sha256=original.sha256 if original else "",
        mime_type=media.mime_type,
        bytes=media.bytes,
        sha256=media.sha256,
        file_time=file_time(scene.path / FOLDER_BY_KIND[media.kind] / file_name),
        width=media.width,
        height=media.height,
        duration=media.duration,
        has_sound=media.has_sound,
        source=source,
        take=take,
    )
    write.changed(scene)
    return asset


def insert_assets(scene: Scene, rows: Iterable[Mapping[str, Any]]) -> None:
    """Store many rows of files of a scene by their columns; the others have their defaults.

    Django's `bulk_create` makes an object of each, and on SQLite a text of its own for every few of them: that takes
    five times as long.
    """
    # the connection itself, since its proxy looks it up at each use
    database = connections[DEFAULT_DB_ALIAS]
    fields = Asset._meta.concrete_fields
    names = ", ".join(database.ops.quote_name(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = database.ops.quote_name(Asset._meta.db_table)
    blank = Asset(scene=scene)
    defaults: dict[str, Any] = {
        field.attname: field.get_db_prep_save(getattr(blank, field.attname), database) for field in fields
    }
    # texts and numbers are stored as they are; the keys and times of an asset all have a value here
    keys = {field.attname for field in fields if isinstance(field, UUIDField)}
    times = {field.attname for field in fields if isinstance(field, DateTimeField)}
    has_uuids, has_zones = database.features.has_native_uuid_field, database.vendor == "postgresql"

    def values(row: Mapping[str, Any]) -> list[Any]:
        by_name = {**defaults, **row}
        if not has_uuids:
            for name in keys & row.keys():
                by_name[name] = row[name].hex
        if not has_zones:
            for name in times & row.keys():
                # as Django writes it, in a fifth of the time
                by_name[name] = str(row[name].astimezone(UTC).replace(tzinfo=None))
        return list(by_name.values())

    with database.cursor() as cursor:
        statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - names of ours
        cursor.executemany(statement, map(values, rows))  # type: ignore[arg-type]
