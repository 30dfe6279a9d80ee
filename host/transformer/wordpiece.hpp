#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "host/transformer/vocabulary.hpp"

namespace tripartite::transformer {

/// The tokeniser of uncased BERT models: accents are stripped, letters lowercased, and words split greedily into the
/// longest pieces of the vocabulary. Ids equal those of the `tokenizers` library for text of Unicode 8.
class WordPiece {
 public:
  struct Encoding {
    std::vector<int> ids;             // including [CLS] and [SEP]
    std::vector<std::string> tokens;  // one per id
    std::size_t untruncated_count;    // number of ids without truncation
  };

  /// One token per line; the id is the line number, from 0. [PAD], [UNK], [CLS], [SEP] and [MASK] must be among
  /// them. Throws FileError that begins with `source` and names the line.
  WordPiece(std::string_view vocabulary, const std::string& source);
  /// `vocab.txt` of a directory. Throws FileError.
  static WordPiece open_directory(const std::filesystem::path& directory);

  /// Encodes a text, truncated at its end to `maximum_length` (>= 2) ids. Throws ConfigError for text that is not valid
  /// UTF-8; the message names the byte.
  Encoding encode(std::string_view text, std::size_t maximum_length) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  void append_text(std::u32string_view text, std::vector<int>& ids) const;
  void append_word(std::u32string_view word, std::vector<int>& ids) const;

  Vocabulary vocabulary_;
  int unknown_ = 0;
  int begin_ = 0;
  int end_ = 0;
};

}  // namespace tripartite::transformer
