"""Errors of ingestion and of the index.

::

    IngestError
    ├── SourceError              one source or one line of it; the others go on
    │   ├── UnreadableSourceError
    │   ├── UnsupportedFormatError
    │   ├── SourceTooLargeError
    │   ├── DecodingError
    │   ├── MalformedSourceError
    │   ├── EncryptedSourceError
    │   ├── TooComplexSourceError    within the size limit, yet it would take too much time or memory
    │   ├── MissingExtraError        an optional package is needed to read it
    │   ├── DuplicateDocumentIdError
    │   └── EmptyFolderError
    ├── ModelUnavailableError
    ├── IndexUnavailableError    the engine cannot be reached or opened
    │   └── EngineBusyError
    └── IndexMismatchError       the index was made with other settings

Each carries fields instead of text to parse, and says in Chinese what happened and what to do about it.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Origin:
    """Where a document stands: a file, and for line-based formats the line (from 1)."""

    path: str
    line: int | None = None

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path} 第 {self.line} 行"


class IngestError(Exception):
    """Base of all errors of this package.

    Attributes:
        code: stable English identifier for logs and machine readers.
        message: what happened, in Chinese.
        remedy: what the reader can do about it, in Chinese.
    """

    code: ClassVar[str] = "ingest-error"

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}。{remedy}")
        self.message = message
        self.remedy = remedy


class SourceError(IngestError):
    """One source document could not be taken in; names its place."""

    code = "source-error"

    def __init__(self, origin: Origin, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.origin = origin


class UnreadableSourceError(SourceError):
    code = "unreadable"

    def __init__(self, origin: Origin, reason: str) -> None:
        super().__init__(origin, f"无法读取：{reason}", "请检查路径是否存在、当前用户是否有读取权限")


class UnsupportedFormatError(SourceError):
    code = "unsupported-format"

    def __init__(self, origin: Origin, reason: str, supported: str) -> None:
        super().__init__(origin, reason, f"支持的格式：{supported}")


class SourceTooLargeError(SourceError):
    code = "too-large"

    def __init__(self, origin: Origin, size_bytes: int, limit_bytes: int) -> None:
        super().__init__(
            origin,
            f"大小 {size_bytes / 2**20:.1f} MB，超过上限 {limit_bytes / 2**20:.0f} MB",
            "请拆分文件，或调大设置 KB_MAX_SOURCE_BYTES",
        )
        self.size_bytes = size_bytes
        self.limit_bytes = limit_bytes


class DecodingError(SourceError):
    code = "wrong-encoding"

    def __init__(self, origin: Origin, reason: str) -> None:
        super().__init__(origin, reason, "请把文件另存为 UTF-8 后重试")


class MalformedSourceError(SourceError):
    code = "malformed"


class EncryptedSourceError(SourceError):
    code = "encrypted"

    def __init__(self, origin: Origin) -> None:
        super().__init__(origin, "文件已加密", "请取消密码保护后重新保存，再次导入")


class TooComplexSourceError(SourceError):
    code = "too-complex"

    def __init__(self, origin: Origin, reason: str) -> None:
        super().__init__(origin, reason, "请确认文件来源可靠；确属正常文件的，请拆分或另存后重试")


class MissingExtraError(SourceError):
    code = "missing-extra"

    def __init__(self, origin: Origin, extra: str) -> None:
        super().__init__(
            origin, "识别扫描件与图片中的文字需要 OCR 组件", f"请先运行 pip install 'kb-service[{extra}]'，再次导入"
        )
        self.extra = extra


class DuplicateDocumentIdError(SourceError):
    code = "duplicate-id"

    def __init__(self, origin: Origin, document_id: str, version: str, first: Origin) -> None:
        super().__init__(
            origin,
            f"文档编号“{document_id}”（版本 {version}）已经出现在 {first}",
            "请修改其中一个的编号（没有写编号的文件以文件名为编号，同名的请改名），或用 version 区分版本",
        )
        self.document_id = document_id
        self.first = first


class EmptyFolderError(SourceError):
    """A folder that documents came from holds no file any more: nothing is removed on that account."""

    code = "empty-folder"

    def __init__(self, origin: Origin, documents: int) -> None:
        super().__init__(
            origin,
            f"文件夹里没有任何可导入的文件；以前从这里导入的 {documents} 篇文档没有删除",
            "请检查路径与挂载；确实要删除时，请用 kb documents remove 逐篇删除",
        )


class ModelUnavailableError(IngestError):
    code = "model-unavailable"

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(
            f"无法加载向量模型“{model}”：{reason}",
            "请检查 KB_EMBEDDING_MODEL（模型名或本地目录）与已安装的软件包",
        )
        self.model = model


class IndexUnavailableError(IngestError):
    code = "index-unavailable"


class EngineBusyError(IndexUnavailableError):
    code = "engine-busy"

    def __init__(self, data_dir: str) -> None:
        super().__init__(
            f"数据目录 {data_dir} 正被另一个 kb 进程使用",
            "请等它结束后重试；如需同时使用，请运行 kb serve，其他命令会自动转交给它",
        )
        self.data_dir = data_dir


class IndexMismatchError(IngestError):
    code = "index-mismatch"

    def __init__(self, differences: dict[str, tuple[str, str]]) -> None:
        listed = "；".join(f"{name}：索引为 {old}，当前设置为 {new}" for name, (old, new) in differences.items())
        super().__init__(
            f"现有索引与当前设置不一致（{listed}）",
            "请恢复原来的设置，或运行 kb rebuild 用当前设置重建索引",
        )
        self.differences = differences
