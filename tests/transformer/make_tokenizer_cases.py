"""Writes tests/data/tokenizer_cases.json: random texts and their ids from the `tokenizers` library.

make_tokenizer_cases.py COUNT SEED OUTPUT, in the root of the project, with `pip install tokenizers`, after scripts/fetch-models.
The characters are those of Unicode 3.2 whose category never changed since, so that every version of the tables gives the same ids.
"""
import json
import random
import sys
import unicodedata

from tokenizers import BertWordPieceTokenizer, Tokenizer, models, pre_tokenizers

WORDS = """the cat sat on a mat I'm don't we'll they're 12 3.5 Été naïve Über Größe ΣΑΣ Привет שלום नमस्ते 東京 かな 한국어 ½ ² ﬁ
[MASK] [CLS] [sep] [PAD]x [UNK""".split()
PUNCTUATION = "'‘’\"-—.,;:!?()[]{}$€+<=>^`|~"
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
SPACES = [" "] * 12 + ["", "", "  ", "   ", "\n", "\n\n", "\t", " \n ", "\r\n", "\u00a0", "\u3000", "\u2028", "\x0b", "\x85",
                       "\u200b", "\u00ad"]


def characters_by_category():
    categories = {}
    for code in range(0x110000):
        character = chr(code)
        category = unicodedata.ucd_3_2_0.category(character)
        if category not in ("Cn", "Cs") and category == unicodedata.category(character):
            categories.setdefault(category, []).append(character)
    return [categories[category] for category in sorted(categories)]


def word(draw, categories):
    kind = draw.random()
    if kind < 0.4:
        return draw.choice(WORDS)
    if kind < 0.55:
        return "".join(draw.choices(LETTERS, k=draw.randint(1, 9)))
    if kind < 0.65:
        return str(draw.randint(0, 99999))
    if kind < 0.7:
        return draw.choice(PUNCTUATION) * draw.randint(1, 4)
    if kind < 0.71:
        return "x" * draw.randint(95, 106)
    return "".join(draw.choice(draw.choice(categories)) for _ in range(draw.randint(1, 4)))


def main(count, seed, output):
    draw = random.Random(seed)
    categories = characters_by_category()
    texts = ["".join(word(draw, categories) + draw.choice(SPACES) for _ in range(draw.randint(1, 12))) for _ in range(count)]

    word_piece = BertWordPieceTokenizer("models/all-MiniLM-L6-v2/vocab.txt", lowercase=True)
    word_piece.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    with open("data/models/kjv-softmax/vocab.json", encoding="utf-8") as file:
        vocabulary = json.load(file)
    with open("data/models/kjv-softmax/merges.txt", encoding="utf-8") as file:
        merges = [tuple(line.split(" ")) for line in file.read().split("\n")[1:] if line]
    byte_pair = Tokenizer(models.BPE(vocabulary, merges))
    byte_pair.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)

    cases = [json.dumps({"text": text, "wordpiece": word_piece.encode(text).ids, "byte_pair": byte_pair.encode(text).ids},
                        separators=(",", ":")) for text in texts]
    with open(output, "w", encoding="ascii") as file:
        file.write('{"cases":[\n' + ",\n".join(cases) + "\n]}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
