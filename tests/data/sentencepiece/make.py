"""Trains a small SentencePiece model and writes what ALBERT's tokeniser makes of some texts: the steps of the reference
implementation (transformers, AlbertTokenizer), typed anew around the library's own Python binding."""
import json
import os
import pathlib
import unicodedata

import sentencepiece

here = pathlib.Path(__file__).resolve().parent
root = here.parents[2]
os.chdir(root)  # models remember the paths that they were made from
sentencepiece.SentencePieceTrainer.train(
    input="data/texts/calibration.txt", model_prefix="tests/data/sentencepiece/spiece", vocab_size=200,
    normalization_rule_name="identity", pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, pad_piece="<pad>",
    control_symbols=["[CLS]", "[SEP]", "[MASK]"], character_coverage=1.0, minloglevel=2)
(here / "spiece.vocab").unlink()

# A seed of tests/fuzz that normalises text by a small table.
fuzz = pathlib.Path("tests/fuzz/corpus/sentence_piece/normalising")
rules = pathlib.Path("rules.tsv")  # code points and what they become: A a, BC bc, é e and accent
rules.write_text("41\t61\n42 43\t62 63\nE9\t65 301\n")
sentencepiece.SentencePieceTrainer.train(
    input="data/texts/calibration.txt", vocab_size=80, normalization_rule_tsv=str(rules), model_prefix=str(fuzz), pad_id=0, unk_id=1,
    bos_id=-1, eos_id=-1, pad_piece="<pad>", control_symbols=["[CLS]", "[SEP]", "[MASK]"], character_coverage=0.98, minloglevel=2,
    hard_vocab_limit=False)
for rest in (rules, fuzz.with_suffix(".vocab")):
    rest.unlink()

model = sentencepiece.SentencePieceProcessor(model_file=str(here / "spiece.model"))


def pieces(text):
    text = " ".join(text.strip().split()).replace("``", '"').replace("''", '"')
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()
    result = []
    for piece in model.encode(text, out_type=str):
        if len(piece) > 1 and piece[-1] == "," and piece[-2].isdigit():
            parts = model.encode(piece[:-1].replace("▁", ""), out_type=str)
            if piece[0] != "▁" and parts[0][0] == "▁":
                parts[0] = parts[0][1:]
                if not parts[0]:
                    del parts[0]
            result += parts + [","]
        else:
            result.append(piece)
    return result


texts = ["The conductor apologised over a crackling loudspeaker.", "  Two   spaces\tand\na line ", "``Quoted'' and CAPITALS",
         "Ça va, naïve café? ﬁne Ⅷ ½", "In 1998, 12,345 of 8,", "unknown: 漢字 and 🙂", "bread, bread, and more bread"]
cases = [{"text": text, "ids": [model.piece_to_id(p) for p in pieces(text)]} for text in texts]
(here / "cases.json").write_text(json.dumps({"size": model.get_piece_size(), "begin": model.piece_to_id("[CLS]"),
                                             "end": model.piece_to_id("[SEP]"), "cases": cases}, indent=1) + "\n")
