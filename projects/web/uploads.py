"""Uploaded files while a form is read: small ones in memory, others on the disk where the projects are."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from projects.disk.room import is_out_of_room, temporary_file
from projects.problems import disk_full


class DiskUploadHandler(FileUploadHandler):
    """Write a file without a name; Django's own handler needs room in the system's temporary folder.

    Raise Problem 503 when the disk is full.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        file = temporary_file(settings.PROJECTS_ROOT)
        self.file = UploadedFile(file, self.file_name, self.content_type, 0, self.charset, self.content_type_extra)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Append a part of the file."""
        try:
            self.file.write(raw_data)
            self.file.flush()
        except OSError as error:
            # it tries to write what is left
            with suppress(OSError):
                self.file.close()
            if is_out_of_room(error):
                raise disk_full() from error
            raise

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        """Return the file, to be read from its start."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        """Drop what came of the file."""
        if hasattr(self, "file"):
            self.file.close()
