#include "host/transformer/sentence_piece.hpp"

#include <fmt/format.h>
#include <sentencepiece_processor.h>
#include <utf8proc.h>

#include <algorithm>
#include <cctype>

#include "host/transformer/sentence_piece_check.hpp"
#include "host/transformer/utf8.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

constexpr std::string_view word_begin = "\xE2\x96\x81";  // U+2581, SentencePiece's symbol for a space

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  std::string result;
  std::size_t begin = 0;
  for (std::size_t at = 0; (at = text.find(what, begin)) != std::string::npos; begin = at + what.size()) {
    result.append(text, begin, at - begin);
    result += by;
  }
  result.append(text, begin, std::string::npos);
  text = std::move(result);
}

/// Words separated by single spaces.
std::u32string single_spaced(const std::u32string& text) {
  std::u32string result;
  for (const char32_t c : text) {
    if (is_white_space(c)) {
      if (!result.empty() && result.back() != U' ') result += U' ';
    } else {
      result += c;
    }
  }
  if (!result.empty() && result.back() == U' ') result.pop_back();
  return result;
}

/// Compatibility decomposition without combining marks.
std::u32string without_accents(std::string_view text) {
  std::vector<utf8proc_int32_t> buffer(text.size() * 20 + 1);  // no code point decomposes into more than 18
  const auto count = utf8proc_decompose(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                        utf8proc_ssize_t(text.size()), buffer.data(), utf8proc_ssize_t(buffer.size()),
                                        static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT));
  if (count < 0) throw ConfigError(fmt::format("text cannot be normalised: {}", utf8proc_errmsg(count)));
  std::u32string result;
  for (auto c = buffer.begin(); c != buffer.begin() + count; ++c)
    if (utf8proc_get_property(*c)->combining_class == 0) result += char32_t(*c);
  return result;
}

}  // namespace

struct SentencePiece::Processor : sentencepiece::SentencePieceProcessor {
  std::vector<std::string> pieces(std::string_view text) const {
    std::vector<std::string> result;
    const auto status = Encode({text.data(), text.size()}, &result);
    if (!status.ok()) throw ConfigError("input text: SentencePiece: " + status.ToString());
    return result;
  }
};

SentencePiece::SentencePiece(std::string_view model, const std::string& source, const Options& options)
    : processor_(std::make_unique<Processor>()), options_(options) {
  if (const std::string reason = why_unsafe_sentence_piece(model); !reason.empty())
    throw FileError(fmt::format("{}: not a SentencePiece model: {}", source, reason));
  const auto status = processor_->LoadFromSerializedProto({model.data(), model.size()});
  if (!status.ok() || processor_->GetPieceSize() < 1)
    throw FileError(fmt::format("{}: not a SentencePiece model: {}", source, status.ToString()));
  begin_ = required("[CLS]", source);
  end_ = required("[SEP]", source);
}

SentencePiece::~SentencePiece() = default;

int SentencePiece::required(const char* piece, const std::string& source) const {
  const int id = processor_->PieceToId(piece);
  if (id < 0 || id == processor_->unk_id()) throw FileError(fmt::format("{}: piece {} not found", source, piece));
  return id;
}

std::size_t SentencePiece::size() const { return std::size_t(processor_->GetPieceSize()); }

std::string SentencePiece::cleaned(std::string_view text) const {
  std::u32string letters = decode_utf8(text, "input text");
  if (options_.remove_space) letters = single_spaced(letters);
  std::string result = encode_utf8(letters);
  replace_all(result, "``", "\"");
  replace_all(result, "''", "\"");
  letters = options_.keep_accents ? decode_utf8(result, "input text") : without_accents(result);
  if (options_.lower_case)
    for (char32_t& c : letters) c = char32_t(utf8proc_tolower(utf8proc_int32_t(c)));
  return encode_utf8(letters);
}

std::vector<int> SentencePiece::encode(std::string_view text) const {
  std::vector<int> ids;
  for (const std::string& piece : processor_->pieces(cleaned(text))) {
    // ALBERT was trained with a comma after a digit as a separate piece.
    const bool is_split = piece.size() > 1 && piece.back() == ',' &&
                          std::isdigit(static_cast<unsigned char>(piece[piece.size() - 2])) != 0;
    if (!is_split) {
      ids.push_back(processor_->PieceToId(piece));
      continue;
    }
    std::string number = piece.substr(0, piece.size() - 1);
    replace_all(number, word_begin, "");
    auto parts = processor_->pieces(number);
    if (!piece.starts_with(word_begin) && !parts.empty() && parts.front().starts_with(word_begin)) {
      parts.front().erase(0, word_begin.size());
      if (parts.front().empty()) parts.erase(parts.begin());
    }
    parts.emplace_back(",");
    for (const std::string& part : parts) ids.push_back(processor_->PieceToId(part));
  }
  return ids;
}

std::string SentencePiece::decode(std::span<const int> ids) const {
  std::string text;
  for (const int id : ids) text += piece(id);
  replace_all(text, word_begin, " ");
  return text;
}

std::string SentencePiece::piece(int id) const {
  if (id < 0 || std::size_t(id) >= size())
    throw ConfigError(fmt::format("token {} is out of range ({} tokens)", id, size()));
  return processor_->IdToPiece(id);
}

}  // namespace tripartite::transformer
