#include "host/transformer/wordpiece.hpp"

#include "fuzz/target.hpp"

using namespace tripartite;

// A vocabulary; behind a line of its own that says "text", what is encoded with it.
TRIPARTITE_FUZZ_TARGET(wordpiece, 1000) {
  constexpr std::string_view separator = "\ntext\n";
  const auto at = bytes.find(separator);
  const transformer::WordPiece pieces(bytes.substr(0, at), "vocab.txt");
  const std::string_view text = at == std::string_view::npos ? "The cat's 2 na\xC3\xAFve \xE6\x9D\xB1 [MASK]"
                                                             : bytes.substr(at + separator.size());
  pieces.encode(text, 64);
}
