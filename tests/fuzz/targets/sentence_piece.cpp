#include "host/transformer/sentence_piece.hpp"

#include "fuzz/target.hpp"

using namespace tripartite;

TRIPARTITE_FUZZ_TARGET(sentence_piece, 500) {
  const transformer::SentencePiece pieces(bytes, "spiece.model", {});
  const auto ids = pieces.encode("The cat's 2,5 na\xC3\xAFve \xE6\x9D\xB1\xE4\xBA\xAC");
  pieces.decode(ids);
}
