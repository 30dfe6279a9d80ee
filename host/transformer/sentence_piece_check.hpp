#pragma once

#include <string>
#include <string_view>

namespace tripartite::transformer {

/// Why a serialised SentencePiece model would make the library read outside of it; empty if it would not. The library
/// checks most of a model, but takes the table that normalises text (a trie with the words that it leads to) on trust.
std::string why_unsafe_sentence_piece(std::string_view model);

}  // namespace tripartite::transformer
