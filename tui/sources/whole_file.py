"""One small file, read and replaced as a whole, so that whoever looks never finds half of it.

Nothing here knows what the bytes mean, and nothing here locks: who writes decides who else may.
"""

import contextlib
import os
import stat
from pathlib import Path

MAX_BYTES = 64 * 1024 * 1024
LEFTOVER_SECONDS = 3600
"""Age from which a temporary file can only be what a killed writer left."""


class WholeFileError(Exception):
    """The file cannot be read or written; the message names it, the reason and the remedy."""


def read_whole(path: Path) -> bytes | None:
    """The content of a regular file of at most MAX_BYTES; None where there is none. Never waits for a pipe.

    Raises WholeFileError.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WholeFileError(f"cannot read `{path}`: {_reason(error)}") from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise WholeFileError(f"`{path}` is not a regular file; move it away or name another file")
        if found.st_size > MAX_BYTES:
            raise WholeFileError(_too_large(path, found.st_size))
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(MAX_BYTES)
    except OSError as error:
        raise WholeFileError(f"cannot read `{path}`: {_reason(error)}") from error
    finally:
        os.close(descriptor)


def token_of(content: bytes | bytearray | None) -> str:
    """What tells one content from another: size and times were seen to hide changes."""
    from hashlib import sha256  # with OpenSSL, for which no start waits

    return "" if content is None else sha256(content).hexdigest()


def real_place(path: Path) -> Path:
    """The file `path` stands for: where a link leads, so that the link itself stays. Raises WholeFileError."""
    try:
        place = Path(os.path.realpath(path))
        lost = path.is_symlink() and not place.parent.is_dir()
    except OSError as error:
        raise WholeFileError(f"cannot read `{path}`: {_reason(error)}") from error
    if lost:
        raise WholeFileError(f"`{path}` links to `{place}`, whose folder is not there; mount it or mend the link")
    return place


def refuse_protected(path: Path) -> None:
    """Raise WholeFileError where `path` is there and nobody, or not this person, may write to it.

    Replacing a file asks only its folder, so a file's own protection has to be looked at.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise WholeFileError(f"cannot write `{path}`: {_reason(error)}") from error
    effective = os.access in os.supports_effective_ids
    if not mode & 0o222 or not os.access(path, os.W_OK, effective_ids=effective):
        raise WholeFileError(f"`{path}` is read-only; allow writing with `chmod u+w` or name another file")


def write_whole(path: Path, content: bytes | bytearray, expected: str | None = None, *, durable: bool = True) -> bool:
    """Replace `path` by `content`: complete and (where `durable`) on the disk, or untouched.

    False, and nothing written, where the file's token is no longer `expected` (None expects nothing). Keeps the
    mode of a file that is there; a new one is 0600. Raises WholeFileError, the old content being intact.
    """
    if len(content) > MAX_BYTES:
        raise WholeFileError(_too_large(path, len(content)))
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    try:
        _write_new(temporary, content, like=path, durable=durable)
        if expected is not None and token_of(read_whole(path)) != expected:
            return False
        temporary.replace(path)
    except OSError as error:
        raise WholeFileError(f"cannot write `{path}`: {_reason(error)}; nothing was changed") from error
    finally:
        with contextlib.suppress(OSError):  # renamed, or never made
            temporary.unlink()
    if durable:
        sync_folder(path.parent)
    return True


def write_new(path: Path, content: bytes) -> None:
    """Make `path` with `content`, 0600, on the disk; it is there whole or not at all, and never in place of another.

    Raises WholeFileError where something of that name is there, or it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    try:
        _write_new(temporary, content, like=path, durable=True)
        try:
            os.link(temporary, path)  # unlike a rename, this fails where the name is taken
        except FileExistsError:
            raise WholeFileError(f"`{path}` is there already; nothing was written") from None
        except OSError:  # a file system without links to files
            if os.path.lexists(path):
                raise WholeFileError(f"`{path}` is there already; nothing was written") from None
            temporary.rename(path)
    except OSError as error:
        raise WholeFileError(f"cannot write `{path}`: {_reason(error)}; nothing was written") from error
    finally:
        with contextlib.suppress(OSError):  # renamed, or never made
            temporary.unlink()
    sync_folder(path.parent)


def sweep(path: Path, now: float) -> None:
    """Remove what writers of `path` left that were killed over an hour before `now` (seconds since 1970).

    For the holder of the file's lock.
    """
    with contextlib.suppress(OSError), os.scandir(path.parent) as entries:  # tidying up is never a reason to fail
        for entry in entries:
            ours = entry.name.startswith(f".{path.name}.") and entry.name.endswith(".tmp")
            if ours and now - entry.stat(follow_symlinks=False).st_mtime > LEFTOVER_SECONDS:
                Path(entry.path).unlink()


def _write_new(path: Path, content: bytes | bytearray, like: Path, *, durable: bool) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        try:
            known = like.stat()
        except FileNotFoundError:
            pass
        else:
            if (known.st_uid, known.st_gid) != (os.geteuid(), os.getegid()):
                with contextlib.suppress(PermissionError):  # another's file in a shared folder becomes this person's
                    os.fchown(descriptor, known.st_uid, known.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(known.st_mode))
        file.write(content)
        file.flush()
        if durable:
            sync_file(descriptor)


def sync_file(descriptor: int) -> None:
    """Have what was written to `descriptor` on the disk, not in a cache of the system or the drive. Raises OSError."""
    import fcntl

    full = getattr(fcntl, "F_FULLFSYNC", None)  # macOS: fsync alone leaves it in the drive's cache
    if full is not None:
        with contextlib.suppress(OSError):  # not every file system there has it
            fcntl.fcntl(descriptor, full)
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Have the names in `folder` on the disk, where its file system can."""
    with contextlib.suppress(OSError):  # the new content is in place; some file systems cannot sync a folder
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _too_large(path: Path, size: int) -> str:
    return f"`{path}` has {size} bytes; {MAX_BYTES} is the most, move finished items to another file"


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
