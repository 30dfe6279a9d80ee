#include "host/transformer/tokenizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "host/verify/verify.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Files in memory, by name and text.
struct Files {
  std::map<std::string, std::string> texts;
  ModelFiles open() const {
    ModelFiles::Contents contents;
    for (const auto& [name, text] : texts) contents.emplace(name, std::as_bytes(std::span(text)));
    return ModelFiles::memory("model", contents);
  }
  std::string refusal(const ModelShape& shape) const {
    try {
      make_tokenizer(open(), shape);
      return {};
    } catch (const Error& e) {
      return e.what();
    }
  }
};

const Files words{{{"vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nread\n##ing\nbooks\n"}}};

ModelShape shape_of(int vocabulary) {
  ModelShape shape;
  shape.vocabulary = vocabulary;
  shape.max_tokens = 6;
  return shape;
}

TEST(Tokenizer, IsWordPieceForVocabTxt) {
  const auto tokenizer = make_tokenizer(words.open(), shape_of(8));
  const auto text = tokenizer->encode("Reading books", 6);
  EXPECT_THAT(text.ids, ElementsAre(2, 5, 6, 7, 3));
  EXPECT_THAT(text.words, ElementsAre("[CLS]", "read", "##ing", "books", "[SEP]"));
}

TEST(Tokenizer, TruncatesALongTextAtItsEnd) {
  const auto tokenizer = make_tokenizer(words.open(), shape_of(8));
  const auto text = tokenizer->encode("reading books books books", 6);
  EXPECT_THAT(text.ids, ElementsAre(2, 5, 6, 7, 7, 3));
  EXPECT_EQ(text.untruncated, 7u);
  EXPECT_EQ(tokenizer->encode("reading", 3).ids.size(), 3u);
}

TEST(Tokenizer, RoundTripsTextOfAnEmbeddedModel) {
  const ModelFiles files = embedded_model("kjv-softmax");
  const auto tokenizer = make_tokenizer(files, Model<float>(files).shape());
  const auto text = tokenizer->encode("And God said, Let there be light: \xC3\xA6", 256);
  EXPECT_EQ(tokenizer->decode(std::span(text.ids).subspan(1)), "And God said, Let there be light: \xC3\xA6");
  EXPECT_EQ(text.ids.front(), 198);  // bos_token_id, a newline
  EXPECT_EQ(text.words.size(), text.ids.size());
  EXPECT_THROW(tokenizer->encode(" \n", 256), ConfigError);
  EXPECT_THROW(tokenizer->encode("\xFF", 256), ConfigError);
}

TEST(Tokenizer, UsesTheShorterLengthOfSentenceBert) {
  Files files = words;
  files.texts["sentence_bert_config.json"] = R"({"max_seq_length": 4})";
  EXPECT_EQ(make_tokenizer(files.open(), shape_of(8))->encode("reading books books", 6).ids.size(), 4u);
  files.texts["sentence_bert_config.json"] = R"({"max_seq_length": 1})";
  EXPECT_THAT(files.refusal(shape_of(8)), HasSubstr("max_seq_length = 1"));
}

TEST(Tokenizer, RejectsFilesOfAnotherModel) {
  EXPECT_THAT(words.refusal(shape_of(100)), HasSubstr("model/vocab.txt: 8 tokens, expected 100"));
  EXPECT_THAT(words.refusal(shape_of(128)), "");  // embeddings are often padded to a multiple of 8
  EXPECT_THAT(words.refusal(shape_of(136)), HasSubstr("does not belong to this model"));
  EXPECT_THAT(words.refusal(shape_of(7)), HasSubstr("does not belong to this model"));
}

TEST(Tokenizer, RejectsUnsupportedSettings) {
  Files cased = words;
  cased.texts["tokenizer_config.json"] = R"({"do_lower_case": false})";
  EXPECT_THAT(cased.refusal(shape_of(8)), HasSubstr("do_lower_case = false: must be true"));
  Files added = words;
  added.texts["added_tokens.json"] = "{}";
  EXPECT_THAT(added.refusal(shape_of(8)), HasSubstr("added_tokens.json"));
  EXPECT_THAT(Files{}.refusal(shape_of(8)), HasSubstr("vocab.txt"));
}

TEST(Encoder, MatchesIdsAndEmbeddingsOfMiniLm) {
  const std::filesystem::path model = TRIPARTITE_PROJECT_DATA "/../models/all-MiniLM-L6-v2";
  if (!exists(model)) GTEST_SKIP() << "models/all-MiniLM-L6-v2 is not installed: run scripts/fetch-models";
  for (const Precision precision : {Precision::float64, Precision::float32})
    for (const auto& row : verify::verify_encoder_case(TRIPARTITE_TEST_DATA "/minilm", model, precision, Backend::cpu))
      EXPECT_TRUE(row.pass) << to_string(precision) << ", " << row.variable << ": " << row.error << " > "
                            << row.tolerance;
}

}  // namespace
}  // namespace tripartite::transformer
