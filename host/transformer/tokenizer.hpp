#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tripartite/transformer/model.hpp"
#include "tripartite/transformer/model_files.hpp"

namespace tripartite::transformer {

/// Text as a model reads it.
struct TokenizedText {
  std::vector<int> ids;            // with the tokens that the model wants at the beginning and end
  std::vector<std::string> words;  // what each id stands for, for people: valid UTF-8
  std::size_t untruncated = 0;     // ids that the whole text would have had
};

/// The tokeniser of a model directory, whichever kind it has.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  /// At most `most` ids: the beginning of the text is kept. Throws ConfigError if the text is empty or not UTF-8.
  virtual TokenizedText encode(std::string_view text, int most) const = 0;
  /// The bytes that ids stand for; throws ConfigError where the kind cannot be reversed.
  virtual std::string decode(std::span<const int> ids) const = 0;
};

/// Chooses by the files that are there: vocab.json + merges.txt (byte-level BPE), vocab.txt (WordPiece) or
/// spiece.model (SentencePiece). Throws
/// FileError if there are none or they are malformed, and ConfigError if they have not as many tokens as the model has
/// embeddings, or want what is not implemented (cased text, added tokens).
std::unique_ptr<Tokenizer> make_tokenizer(const ModelFiles& files, const ModelShape& shape);

}  // namespace tripartite::transformer
