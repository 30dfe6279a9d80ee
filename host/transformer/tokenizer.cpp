#include "host/transformer/tokenizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/transformer/byte_pair.hpp"
#include "host/transformer/wordpiece.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

void require_text(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos)
    throw ConfigError("input text: is empty, expected at least one word");
}

void require_fit(std::size_t ids, const ModelFiles& files, const char* file, const ModelShape& shape) {
  if (ids > std::size_t(shape.vocabulary))
    throw ConfigError(
        fmt::format("{}: has {} tokens, but the model embeds only {} (vocab_size of config.json): the tokeniser does "
                    "not belong to this model",
                    files.where(file), ids, shape.vocabulary));
}

/// bos_token_id of config.json: language models predict the first word from it.
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
      : pairs_(files.text("vocab.json"), files.text("merges.txt"), files.name()),
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
    for (const int id : result.ids) result.words.push_back(pairs_.decode(std::span(&id, 1)));
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
  }

  TokenizedText encode(std::string_view text, int most) const override {
    require_text(text);
    auto encoding = pieces_.encode(text, std::size_t(std::min(most, most_)));
    return {std::move(encoding.ids), std::move(encoding.tokens), encoding.untruncated_count};
  }

  std::string decode(std::span<const int>) const override {
    throw ConfigError("WordPiece drops spaces and accents: its ids cannot be turned back into the text");
  }

 private:
  /// Sentence encoders were trained on less than their positions allow and say so in a file of their own.
  static int longest_sentence(const ModelFiles& files, const ModelShape& shape) {
    if (!files.contains("sentence_bert_config.json")) return shape.max_tokens;
    const auto config = nlohmann::json::parse(files.text("sentence_bert_config.json"), nullptr, false);
    if (!config.is_object() || !config.contains("max_seq_length") || !config["max_seq_length"].is_number_integer())
      return shape.max_tokens;
    return std::clamp(config["max_seq_length"].get<int>(), 2, shape.max_tokens);
  }

  WordPiece pieces_;
  int most_;
};

}  // namespace

std::unique_ptr<Tokenizer> make_tokenizer(const ModelFiles& files, const ModelShape& shape) {
  if (files.contains("vocab.json") && files.contains("merges.txt"))
    return std::make_unique<BytePairTokenizer>(files, shape);
  if (files.contains("vocab.txt")) return std::make_unique<WordPieceTokenizer>(files, shape);
  throw FileError(fmt::format("{}: no tokeniser: expected vocab.json and merges.txt, or vocab.txt", files.name()));
}

}  // namespace tripartite::transformer
