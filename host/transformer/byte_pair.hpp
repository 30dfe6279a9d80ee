#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/transformer/vocabulary.hpp"

namespace tripartite::transformer {

/// GPT-2's byte-level byte-pair encoding. Text is cut into words, punctuation and white space; the bytes of each piece
/// are merged in the order of the merge table. Every text has ids, and decoding gives back its bytes.
class BytePair {
 public:
  /// The texts of `vocab.json` (token → id, ids 0 … size − 1) and `merges.txt` (a pair in a line, first merged first).
  /// `special_tokens` must be in the vocabulary; where they stand in a text, they become one id. Throws FileError that
  /// begins with `source` and names the file, and the token or the line: an id that is missing, out of range or given
  /// twice, one of the 256 byte symbols missing, a merge whose parts or product are no tokens.
  BytePair(std::string_view vocabulary, std::string_view merges, const std::string& source,
           const std::vector<std::string>& special_tokens = {});
  /// `vocab.json` and `merges.txt` of a directory; "<|endoftext|>" is special if the vocabulary has it. Throws
  /// FileError.
  static BytePair open_directory(const std::filesystem::path& directory);

  std::size_t size() const { return vocabulary_.size(); }
  /// Id of a token as the vocabulary spells it, in symbols that stand for bytes ("Ġthe").
  std::optional<int> id(std::string_view token) const { return vocabulary_.id(token); }

  /// Throws ConfigError on text that is not valid UTF-8; the message names the byte.
  std::vector<int> encode(std::string_view text) const;
  /// The bytes that the tokens stand for, lossless: a sequence that ends inside a character gives the beginning of its
  /// UTF-8. Throws ConfigError on an id outside the vocabulary.
  std::string decode(std::span<const int> ids) const;

 private:
  struct Merge {
    std::size_t rank;
    int product;
  };
  void read_vocabulary(std::string_view text, const std::string& source);
  void read_merges(std::string_view text, const std::string& source);
  void require_every_token(const std::string& source) const;
  void add_merge(std::string_view line, const std::string& where);
  void append_text(std::string_view text, std::vector<int>& ids) const;
  void append_piece(std::string_view bytes, std::vector<int>& ids) const;
  const Merge* find_merge(int left, int right) const;

  Vocabulary vocabulary_;
  std::vector<std::string> bytes_;  // that each token stands for
  std::array<int, 256> byte_ids_{};
  std::unordered_map<std::uint64_t, Merge> merges_;  // by the ids of both parts
  std::vector<int> special_ids_;
};

}  // namespace tripartite::transformer
