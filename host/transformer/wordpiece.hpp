#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "host/transformer/vocabulary.hpp"

namespace tripartite::transformer {

/// The tokeniser of uncased BERT models: accents are stripped and letters lowered, words are split greedily into the
/// longest pieces of the vocabulary. Ids are those of the `tokenizers` library for text of Unicode 8.
class WordPiece {
 public:
  struct Encoding {
    std::vector<int> ids;             // with [CLS] and [SEP]
    std::vector<std::string> tokens;  // one for each id
    std::size_t untruncated_count;    // how many ids there are without truncation
  };

  /// One token in a line; the id is the number of the line, from 0. [PAD], [UNK], [CLS], [SEP] and [MASK] must be among
  /// them. Throws FileError that begins with `source` and names the line.
  WordPiece(std::string_view vocabulary, const std::string& source);
  /// `vocab.txt` of a directory. Throws FileError.
  static WordPiece open_directory(const std::filesystem::path& directory);

  /// At most `maximum_length` (>= 2) ids: the first pieces are kept. Throws ConfigError on text that is not valid
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
