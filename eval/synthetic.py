"""Made-up texts of any number, from the sentences of a corpus, for measurements of scale.

The same seed gives the same texts. Each text is a regulation of numbered articles, so that a chunk is an article.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ARTICLES = 5
"""Articles of one text, and so its chunks."""
_SENTENCES_PER_ARTICLE = 3
_TEXTS_PER_FILE = 200
_SENTENCE = re.compile(r"[^。！？\n]{12,80}[。！？]")
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def load_sentences(corpus: Path) -> list[str]:
    """Distinct sentences of the Markdown files below ``corpus``, in the order of the files."""
    sentences: dict[str, None] = {}
    for path in sorted(corpus.rglob("*.md")):
        body = _FRONT_MATTER.sub("", path.read_text(encoding="utf-8"))
        sentences.update(dict.fromkeys(match.strip() for match in _SENTENCE.findall(body)))
    return list(sentences)


def write_texts(folder: Path, sentences: list[str], chunks: int, seed: int = 7) -> int:
    """Write JSON Lines files that make about ``chunks`` chunks; return the number of texts."""
    count = max(1, chunks // ARTICLES)
    texts = _texts(sentences, count, np.random.default_rng(seed))
    for number, low in enumerate(range(0, count, _TEXTS_PER_FILE)):
        with (folder / f"texts-{number:05d}.jsonl").open("w", encoding="utf-8") as file:
            for _ in range(low, min(low + _TEXTS_PER_FILE, count)):
                file.write(json.dumps(next(texts), ensure_ascii=False) + "\n")
    return count


def _texts(sentences: list[str], count: int, rng: np.random.Generator) -> Iterator[dict[str, str]]:
    for number in range(count):
        picked = rng.choice(len(sentences), size=ARTICLES * _SENTENCES_PER_ARTICLE)
        articles = [
            f"第{article + 1}条 "
            + "".join(sentences[i] for i in picked[article * _SENTENCES_PER_ARTICLE :][:_SENTENCES_PER_ARTICLE])
            for article in range(ARTICLES)
        ]
        yield {
            "id": f"synthetic-{number:06d}",
            "kind": "regulation",
            "title": f"第{number:06d}号工作管理办法",
            "text": "\n".join(articles),
        }
