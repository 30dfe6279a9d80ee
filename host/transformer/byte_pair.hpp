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

/// GPT-2's byte-level byte-pair encoding. Text is split into words, punctuation and white space; the bytes of each
/// piece are merged in the order of the merge table. Every text can be encoded, and decoding returns its bytes.
class BytePair {
 public:
  /// The texts of `vocab.json` (token → id, ids 0 … size − 1) and `merges.txt` (one pair per line, in order of
  /// merging). `special_tokens` must be in the vocabulary; each occurrence in a text becomes one id. Throws FileError
  /// that begins with `source` and names the file, and the token or the line: an id that is missing, out of range or
  /// given twice, one of the 256 byte symbols missing, a merge whose parts or product are not tokens.
  BytePair(std::string_view vocabulary, std::string_view merges, const std::string& source,
           const std::vector<std::string>& special_tokens = {});
  /// `vocab.json` and `merges.txt` of a directory; "<|endoftext|>" is special if the vocabulary has it. Throws
  /// FileError.
  static BytePair open_directory(const std::filesystem::path& directory);

  std::size_t size() const { return vocabulary_.size(); }
  /// Id of a token in the spelling of the vocabulary, whose symbols represent bytes ("Ġthe").
  std::optional<int> id(std::string_view token) const { return vocabulary_.id(token); }

  /// Throws ConfigError for text that is not valid UTF-8; the message gives the offset of the byte.
  std::vector<int> encode(std::string_view text) const;
  /// The bytes that the tokens represent, lossless: a sequence that ends inside a character gives the beginning of that
  /// character's UTF-8. Throws ConfigError for an id outside the vocabulary.
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
  std::vector<std::string> bytes_;  // represented by each token
  std::array<int, 256> byte_ids_{};
  std::unordered_map<std::uint64_t, Merge> merges_;  // key: the ids of both parts
  std::vector<int> special_ids_;
};

}  // namespace tripartite::transformer
