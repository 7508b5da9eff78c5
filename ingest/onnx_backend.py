"""Runs a sentence-transformers encoder's forward pass in onnxruntime: same weights, same vectors, less time.

Measured on two cores with multilingual-e5-small: a query 5.4 ms instead of 14.5, passages 43 a second instead
of 20 (docs/decisions/0003-onnx.md). Tokenizing, batching, prompts and pooling stay with sentence-transformers.
"""

import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.query_adapter import adapted, current_share

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_logger = logging.getLogger(__name__)
_OPSET = 17
_TOLERANCE = 1e-3
_PROBE = ["第十五条 技术支持人员应及时记录客户问题和解决方案。", "ORA-12541"]


def use_onnx(model: "SentenceTransformer", file: Path) -> bool:
    """Replace the encoder inside ``model`` by an ONNX session, exporting it to ``file`` first if need be.

    Returns False, and leaves ``model`` as it was, where the encoder cannot be exported or its ONNX form gives
    other vectors (decoders, models with code of their own); the reason is logged.
    """
    import numpy as np

    encoder: Any = model[0].model
    expected = _encode_both_ways(model)
    try:
        if not file.exists():
            _export(encoder, file)
            # Of other weights, and as large.
            for former in set(file.parent.glob("encoder*.onnx")) - {file}:
                former.unlink(missing_ok=True)
        model[0].model = _build_session_encoder(encoder.config, file)
    except Exception as error:  # a border: exporters fail in as many ways as there are models
        _logger.warning("onnx export failed, torch is used: %s", error)
        return False
    if np.allclose(_encode_both_ways(model), expected, atol=_TOLERANCE):
        return True
    _logger.warning("onnx vectors differ from torch's, torch is used")
    model[0].model = encoder
    return False


def _encode_both_ways(model: "SentenceTransformer") -> Any:
    """The probe's vectors without and with an adapter, which are the same where the model has none."""
    import numpy as np

    plain = model.encode(_PROBE)
    with adapted():
        return np.concatenate([plain, model.encode(_PROBE)])


def _export(encoder: Any, file: Path) -> None:
    import torch

    class LastHiddenState(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, share: torch.Tensor) -> Any:
            with adapted(share):
                return self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    implementation = encoder.config._attn_implementation
    encoder.set_attn_implementation("eager")
    example = torch.ones(2, 9, dtype=torch.long)
    shape = {0: "batch", 1: "sequence"}
    partial = file.with_suffix(".partial")
    try:
        with warnings.catch_warnings():
            # The tracing exporter is the one that needs no further package; it announces its successor.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                LastHiddenState().eval(),
                (example, example, torch.ones(())),
                str(partial),
                input_names=["input_ids", "attention_mask", "share"],
                output_names=["last_hidden_state"],
                dynamic_axes={"input_ids": shape, "attention_mask": shape, "last_hidden_state": shape},
                opset_version=_OPSET,
                dynamo=False,
            )
    finally:
        encoder.set_attn_implementation(implementation)
    partial.rename(file)


def _build_session_encoder(config: Any, file: Path) -> Any:
    import onnxruntime
    import torch
    from transformers.modeling_outputs import BaseModelOutput

    options = onnxruntime.SessionOptions()
    # Idle workers spinning would take the second core from the rest of the service.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])

    # An encoder without an adapter has no use for it, and its export does not ask for it.
    takes_share = "share" in {one.name for one in session.get_inputs()}

    class SessionEncoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.config = config

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, **_: Any) -> BaseModelOutput:
            inputs = {"input_ids": input_ids.numpy(), "attention_mask": attention_mask.numpy()}
            if takes_share:
                inputs["share"] = current_share().numpy()
            (hidden,) = session.run(None, inputs)
            return BaseModelOutput(last_hidden_state=torch.from_numpy(hidden))

    return SessionEncoder()
