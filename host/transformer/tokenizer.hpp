#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tripartite/transformer/model.hpp"
#include "tripartite/transformer/model_files.hpp"

namespace tripartite::transformer {

/// A tokenised text.
struct TokenizedText {
  std::vector<int> ids;            // including the tokens that the model requires at the beginning and end
  std::vector<std::string> words;  // readable form of each id, valid UTF-8
  std::size_t untruncated = 0;     // number of ids without truncation
};

/// The tokeniser of a model directory, of any kind.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  /// Encodes a text, truncated at its end to at most `most` ids. Throws ConfigError if the text is empty or not UTF-8.
  virtual TokenizedText encode(std::string_view text, int most) const = 0;
  /// The bytes that ids represent. Throws ConfigError if this kind of tokeniser cannot decode.
  virtual std::string decode(std::span<const int> ids) const = 0;
};

/// Chooses by the files that exist: vocab.json + merges.txt (byte-level BPE), vocab.txt (WordPiece) or spiece.model
/// (SentencePiece). Throws FileError if none exist or they are malformed, and ConfigError if the number of tokens does
/// not match the model's embeddings or the files require unsupported features (cased text, added tokens).
std::unique_ptr<Tokenizer> make_tokenizer(const ModelFiles& files, const ModelShape& shape);

}  // namespace tripartite::transformer
