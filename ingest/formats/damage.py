"""What foreign parsers raise on damaged data, as the one error that names the file."""

from collections.abc import Iterator
from contextlib import contextmanager

from ingest.errors import MalformedSourceError, Origin, SourceError, TooComplexSourceError


@contextmanager
def damage_as_error(origin: Origin, format_name: str) -> Iterator[None]:
    """Turn whatever is raised inside into a `MalformedSourceError` about ``origin``, depth into a complexity error.

    A border: the parsers of DOCX, PDF, XLSX and images raise anything from KeyError to their own types on bytes
    that somebody cut off or made up.
    """
    try:
        yield
    except (SourceError, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, RecursionError) or "Excessive depth" in str(error):
            raise TooComplexSourceError(origin, f"{format_name} 内容嵌套过深") from error
        reason = str(error).splitlines()[0][:200] if str(error).strip() else type(error).__name__
        raise MalformedSourceError(
            origin, f"{format_name} 文件已损坏或内容不符合格式：{reason}", "请用原来的程序打开并重新保存，或重新下载"
        ) from error
