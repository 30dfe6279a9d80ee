// ALBERT's tokeniser against the reference implementation (tests/data/sentencepiece/make.py).
#include "host/transformer/sentence_piece.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "host/io/text_file.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

const std::string folder = TRIPARTITE_TEST_DATA "/sentencepiece/";

std::string model_bytes() { return io::read_file(folder + "spiece.model"); }

TEST(SentencePiece, MatchesTheIdsOfTheReferenceImplementation) {
  const auto expected = nlohmann::json::parse(std::ifstream(folder + "cases.json"));
  const SentencePiece pieces(model_bytes(), "spiece.model", {});
  EXPECT_EQ(pieces.size(), expected["size"].get<std::size_t>());
  EXPECT_EQ(pieces.begin(), expected["begin"].get<int>());
  EXPECT_EQ(pieces.end(), expected["end"].get<int>());
  for (const auto& each : expected["cases"])
    EXPECT_EQ(pieces.encode(each["text"].get<std::string>()), each["ids"].get<std::vector<int>>()) << each["text"];
}

TEST(SentencePiece, DecodesAKnownTextInLowerCase) {
  const SentencePiece pieces(model_bytes(), "spiece.model", {});
  EXPECT_EQ(pieces.decode(pieces.encode("Take it out of the Oven")), " take it out of the oven");
}

TEST(SentencePiece, RejectsInvalidUtf8) {
  const SentencePiece pieces(model_bytes(), "spiece.model", {});
  EXPECT_THROW(pieces.encode("caf\xE9"), ConfigError);
}

TEST(SentencePiece, RejectsFilesThatAreNotModels) {
  const std::string whole = model_bytes();
  EXPECT_THROW(SentencePiece("", "spiece.model", {}), FileError);
  EXPECT_THROW(SentencePiece("not a model", "spiece.model", {}), FileError);
  EXPECT_THROW(SentencePiece(whole.substr(0, whole.size() / 2), "spiece.model", {}), FileError);
  std::string renamed = whole;
  renamed.replace(renamed.find("[CLS]"), 5, "[XXX]");
  EXPECT_THROW(SentencePiece(renamed, "spiece.model", {}), FileError);
}

}  // namespace
}  // namespace tripartite::transformer
