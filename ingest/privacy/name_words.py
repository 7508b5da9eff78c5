"""The words that names are told from: surnames, the general dictionary, and where it cuts a sentence."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from ingest.tokenizer import load_lexicon

if TYPE_CHECKING:
    import jieba

_LONGEST_SURNAME = 2
# Tags of the dictionary: nr, nrt, nrfg are persons, ns places.
_PERSON = b"nr"
_PLACE = b"ns"


@dataclass(frozen=True)
class Cut:
    """Words of a stretch of text, by the offsets in the text at which they begin."""

    words: dict[int, str]
    ends: frozenset[int]

    def breaks(self, position: int) -> bool:
        """Whether a word begins or ends at ``position``."""
        return position in self.words or position in self.ends


class NameWords:
    """Surnames and dictionary; loading the dictionary (about a second) waits for first use."""

    @cached_property
    def clear(self) -> frozenset[str]:
        """Surnames that are seldom a word of their own."""
        return frozenset(_load_words("surnames.txt"))

    @cached_property
    def ambiguous(self) -> frozenset[str]:
        """Surnames that are also common words or parts of them."""
        return frozenset(_load_words("ambiguous_surnames.txt")) - self.clear

    def find_surname(self, text: str, position: int) -> str | None:
        """The surname that ``text`` has at ``position``, the longer one where two fit."""
        for length in range(_LONGEST_SURNAME, 0, -1):
            word = text[position : position + length]
            if len(word) == length and (word in self.clear or word in self.ambiguous):
                return word
        return None

    def cut(self, text: str, start: int, end: int) -> Cut:
        """Cut ``text[start:end]`` into dictionary words and single characters."""
        words = {start + low: word for word, low, _ in self._jieba.tokenize(text[start:end], HMM=False)}
        return Cut(words, frozenset(low + len(word) for low, word in words.items()))

    def is_person(self, word: str) -> bool:
        return word in self._persons_and_places[0] and word not in self._not_names

    def is_place(self, word: str) -> bool:
        return word in self._persons_and_places[1]

    def is_other(self, word: str) -> bool:
        """Whether the dictionary has ``word``, and neither as a person's name nor as a place."""
        return bool(self._jieba.FREQ.get(word)) and not self.is_person(word) and not self.is_place(word)

    @cached_property
    def _not_names(self) -> frozenset[str]:
        return frozenset(_load_words("not_names.txt"))

    @cached_property
    def _jieba(self) -> "jieba.Tokenizer":
        import logging

        import jieba

        jieba.setLogLevel(logging.WARNING)
        tokenizer = jieba.Tokenizer()
        tokenizer.initialize()
        for word in load_lexicon("domain_words.txt"):
            tokenizer.add_word(word)
        return tokenizer

    @cached_property
    def _persons_and_places(self) -> tuple[frozenset[str], frozenset[str]]:
        persons, places = [], []
        with self._jieba.get_dict_file() as lines:
            for line in lines:
                word, _, tag = line.split()
                if tag.startswith(_PERSON):
                    persons.append(word.decode())
                elif tag.startswith(_PLACE):
                    places.append(word.decode())
        return frozenset(persons), frozenset(places)


@lru_cache(maxsize=1)
def name_words() -> NameWords:
    """The one set of word lists of this process."""
    return NameWords()


def _load_words(name: str) -> list[str]:
    return [word for line in load_lexicon(name) for word in line.split()]
