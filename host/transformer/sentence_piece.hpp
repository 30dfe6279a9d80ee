#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tripartite::transformer {

/// The tokeniser of ALBERT: ALBERT's own text normalisation followed by a SentencePiece model.
class SentencePiece {
 public:
  struct Options {
    bool lower_case = true;
    bool keep_accents = false;
    bool remove_space = true;
  };

  /// `model` is the bytes of a SentencePiece model, which must have [CLS] and [SEP]. Throws FileError that begins with
  /// `source`.
  SentencePiece(std::string_view model, const std::string& source, const Options& options);
  ~SentencePiece();

  std::size_t size() const;
  /// The ids of a text, without [CLS] and [SEP]. Throws ConfigError on text that is not valid UTF-8; the message names
  /// the byte.
  std::vector<int> encode(std::string_view text) const;
  /// Decodes ids to the normalised text: lower case, words separated by spaces.
  std::string decode(std::span<const int> ids) const;
  std::string piece(int id) const;
  int begin() const { return begin_; }  // [CLS]
  int end() const { return end_; }      // [SEP]

 private:
  struct Processor;
  std::string cleaned(std::string_view text) const;
  int required(const char* piece, const std::string& source) const;

  std::unique_ptr<Processor> processor_;
  Options options_;
  int begin_ = 0, end_ = 0;
};

}  // namespace tripartite::transformer
