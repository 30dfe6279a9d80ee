#include "host/transformer/tokenizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/transformer/byte_pair.hpp"
#include "host/transformer/model_config.hpp"
#include "host/transformer/sentence_piece.hpp"
#include "host/transformer/utf8.hpp"
#include "host/transformer/wordpiece.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

void require_text(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos)
    throw ConfigError("input text is empty: must have at least one word");
}

/// Requires as many tokens as embeddings, or slightly fewer: embeddings are often padded for efficient matrix products.
void require_fit(std::size_t tokens, const ModelFiles& files, const char* file, const ModelShape& shape) {
  const auto embeddings = std::size_t(shape.vocabulary);
  const bool is_padded = embeddings > tokens && embeddings - tokens < 128 && embeddings % 8 == 0;
  if (tokens != embeddings && !is_padded)
    throw ConfigError(
        fmt::format("{}: {} tokens, expected {} (vocab_size of config.json): the tokeniser does not "
                    "belong to this model",
                    files.where(file), tokens, embeddings));
}

/// GPT-2's end-of-text marker; each occurrence in a text is one token.
std::vector<std::string> special_tokens(std::string_view vocabulary) {
  const std::string end_of_text = "<|endoftext|>";
  if (vocabulary.find('"' + end_of_text + '"') == std::string_view::npos) return {};
  return {end_of_text};
}

/// bos_token_id of config.json, from which language models predict the first word.
std::optional<int> beginning_token(const ModelFiles& files, const ModelShape& shape) {
  const auto config = nlohmann::json::parse(files.text("config.json"), nullptr, false);
  if (!config.is_object() || !config.contains("bos_token_id") || !config["bos_token_id"].is_number_integer()) return {};
  const auto id = config["bos_token_id"].get<std::int64_t>();
  if (id < 0 || id >= shape.vocabulary)
    throw ConfigError(
        fmt::format("{}: bos_token_id = {}: must be in [0, {})", files.where("config.json"), id, shape.vocabulary));
  return int(id);
}

class BytePairTokenizer final : public Tokenizer {
 public:
  BytePairTokenizer(const ModelFiles& files, const ModelShape& shape)
      : pairs_(files.text("vocab.json"), files.text("merges.txt"), files.name(),
               special_tokens(files.text("vocab.json"))),
        beginning_(beginning_token(files, shape)) {
    require_fit(pairs_.size(), files, "vocab.json", shape);
  }

  TokenizedText encode(std::string_view text, int most) const override {
    require_text(text);
    TokenizedText result;
    if (beginning_) result.ids.push_back(*beginning_);
    const std::vector<int> ids = pairs_.encode(text);
    result.ids.insert(result.ids.end(), ids.begin(), ids.end());
    result.untruncated = result.ids.size();
    result.ids.resize(std::min(result.ids.size(), std::size_t(most)));
    for (const int id : result.ids) result.words.push_back(replace_invalid_utf8(pairs_.decode(std::span(&id, 1))));
    return result;
  }

  std::string decode(std::span<const int> ids) const override { return pairs_.decode(ids); }

 private:
  BytePair pairs_;
  std::optional<int> beginning_;
};

class WordPieceTokenizer final : public Tokenizer {
 public:
  WordPieceTokenizer(const ModelFiles& files, const ModelShape& shape)
      : pieces_(files.text("vocab.txt"), files.where("vocab.txt")), most_(longest_sentence(files, shape)) {
    require_fit(pieces_.vocabulary().size(), files, "vocab.txt", shape);
    if (!files.contains("tokenizer_config.json")) return;
    const ModelConfig config(files.where("tokenizer_config.json"), files.text("tokenizer_config.json"));
    config.require("do_lower_case", {true});
    config.require("strip_accents", {true});
    config.require("tokenize_chinese_chars", {true});
  }

  TokenizedText encode(std::string_view text, int most) const override {
    require_text(text);
    auto encoding = pieces_.encode(text, std::size_t(std::min(most, most_)));
    return {std::move(encoding.ids), std::move(encoding.tokens), encoding.untruncated_count};
  }

  std::string decode(std::span<const int>) const override {
    throw ConfigError("WordPiece drops spaces and accents: its ids cannot be decoded");
  }

 private:
  /// Sentence encoders were trained on shorter texts than their positions allow; a separate file gives the limit.
  static int longest_sentence(const ModelFiles& files, const ModelShape& shape) {
    constexpr const char* name = "sentence_bert_config.json";
    if (!files.contains(name)) return shape.max_tokens;
    const ModelConfig config(files.where(name), files.text(name));
    if (config.count("max_seq_length", shape.max_tokens) < 2)
      config.refuse("max_seq_length", "must be at least 2, for [CLS] and [SEP]");
    return std::min(config.count("max_seq_length", shape.max_tokens), shape.max_tokens);
  }

  WordPiece pieces_;
  int most_;
};

class SentencePieceTokenizer final : public Tokenizer {
 public:
  SentencePieceTokenizer(const ModelFiles& files, const ModelShape& shape)
      : pieces_(files.text(name), files.where(name), options(files)) {
    require_fit(pieces_.size(), files, name, shape);
  }

  TokenizedText encode(std::string_view text, int most) const override {
    require_text(text);
    if (most < 2)
      throw ConfigError(fmt::format("maximum length = {} tokens: must be at least 2, for [CLS] and [SEP]", most));
    TokenizedText result;
    result.ids = pieces_.encode(text);
    result.untruncated = result.ids.size() + 2;
    result.ids.resize(std::min(result.ids.size(), std::size_t(most) - 2));
    result.ids.insert(result.ids.begin(), pieces_.begin());
    result.ids.push_back(pieces_.end());
    for (const int id : result.ids) result.words.push_back(pieces_.piece(id));
    return result;
  }

  std::string decode(std::span<const int> ids) const override { return pieces_.decode(ids); }

  static constexpr const char* name = "spiece.model";

 private:
  static SentencePiece::Options options(const ModelFiles& files) {
    constexpr const char* settings = "tokenizer_config.json";
    if (!files.contains(settings)) return {};
    const ModelConfig config(files.where(settings), files.text(settings));
    return {.lower_case = config.flag("do_lower_case", true),
            .keep_accents = config.flag("keep_accents", false),
            .remove_space = config.flag("remove_space", true)};
  }

  SentencePiece pieces_;
};

}  // namespace

std::unique_ptr<Tokenizer> make_tokenizer(const ModelFiles& files, const ModelShape& shape) {
  if (files.contains("added_tokens.json"))
    throw ConfigError(files.where("added_tokens.json") + ": added tokens are not supported");
  if (files.contains("vocab.json") && files.contains("merges.txt"))
    return std::make_unique<BytePairTokenizer>(files, shape);
  if (files.contains("vocab.txt")) return std::make_unique<WordPieceTokenizer>(files, shape);
  if (files.contains(SentencePieceTokenizer::name)) return std::make_unique<SentencePieceTokenizer>(files, shape);
  throw FileError(fmt::format("{}: tokeniser not found: expected vocab.json and merges.txt, vocab.txt, or spiece.model",
                              files.name()));
}

}  // namespace tripartite::transformer
