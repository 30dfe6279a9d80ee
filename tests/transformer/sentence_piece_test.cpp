// ALBERT's tokeniser against the reference implementation (tests/data/sentencepiece/make.py).
#include "host/transformer/sentence_piece.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "host/io/text_file.hpp"
#include "host/transformer/sentence_piece_check.hpp"
#include "io/error_text.hpp"
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

/// A model that has nothing but a table that normalises text: a trie of 256 units, the first of which is `first`, and
/// words.
std::string model_with_table(std::uint32_t first, std::string words, std::uint32_t second = 0) {
  std::string trie(1024, '\0');
  for (std::size_t i = 0; i < 4; ++i) {
    trie[i] = char(first >> (8 * i));
    trie[4 + i] = char(second >> (8 * i));
  }
  const std::string table = std::string("\0\4\0\0", 4) + trie + std::move(words);
  const auto field = [](char key, const std::string& bytes) {
    return std::string{key, char((bytes.size() & 0x7F) | 0x80), char(bytes.size() >> 7)} + bytes;
  };
  return field(0x1A, field(0x12, table));
}

constexpr std::uint32_t has_leaf = 1 << 8, extension = 1 << 9;
constexpr std::uint32_t leading_to(std::uint32_t unit) { return unit << 10; }

// The library would follow the table to wherever it leads.
TEST(HostileSentencePiece, ATableThatLeadsNowhereIsRefused) {
  const std::string words("abc\0", 4);
  EXPECT_EQ(why_unsafe_sentence_piece(model_with_table(leading_to(1) | has_leaf, words, 3)), "");
  using testing::HasSubstr;
  EXPECT_THAT(why_unsafe_sentence_piece(model_with_table(leading_to(256), words)), HasSubstr("out of the trie"));
  EXPECT_THAT(why_unsafe_sentence_piece(model_with_table(leading_to(1) | extension, words)),
              HasSubstr("out of the trie"));
  EXPECT_THAT(why_unsafe_sentence_piece(model_with_table(leading_to(1) | has_leaf, words, 4)),
              HasSubstr("out of its words"));
  EXPECT_THAT(why_unsafe_sentence_piece(model_with_table(0, "abc")), HasSubstr("does not end"));
  EXPECT_THAT(why_unsafe_sentence_piece(model_with_table(0, "")), HasSubstr("truncated"));
  const std::string whole = model_with_table(0, words);
  EXPECT_THAT(why_unsafe_sentence_piece(whole.substr(0, whole.size() - 1)), HasSubstr("damaged"));
}

TEST(HostileSentencePiece, TheTableOfAModelIsChecked) {
  const std::string whole = io::read_file(TRIPARTITE_TEST_DATA "/../fuzz/corpus/sentence_piece/normalising.model");
  EXPECT_EQ(SentencePiece(whole, "spiece.model", {}).size(), 80U);
  // The table is the first thing in the model that is 256 units long.
  const std::size_t table = whole.find(std::string("\0\4\0\0", 4));
  ASSERT_LT(table + 4 + 1024, whole.size());
  std::string damaged = whole;
  damaged.replace(table + 4, 4, "\xFF\xFD\xFF\x7F");
  EXPECT_THAT(
      error_text<FileError>([&] { SentencePiece(damaged, "spiece.model", {}); }),
      testing::HasSubstr("spiece.model: not a SentencePiece model: its normalisation table leads out of the trie"));
}

}  // namespace
}  // namespace tripartite::transformer
