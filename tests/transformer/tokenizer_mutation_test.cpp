// Damaged vocabularies are read or rejected with a FileError; arbitrary bytes are encoded or rejected with a
// ConfigError.

#include <gtest/gtest.h>

#include <array>

#include "host/io/text_file.hpp"
#include "host/transformer/byte_pair.hpp"
#include "host/transformer/utf8.hpp"
#include "host/transformer/word_splitter.hpp"
#include "host/transformer/wordpiece.hpp"
#include "io/mutation.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

const std::string embedded = TRIPARTITE_PROJECT_DATA "/models/kjv-softmax";
constexpr std::string_view sample = "The cat's 2 naïve 東京 [MASK]\n\n  Été!";

std::string random_text(Mutator& random) {
  std::u32string text;
  for (std::size_t length = random.below(40); length > 0; --length) {
    constexpr std::array<char32_t, 6> limits{0x80, 0x250, 0x3100, 0xD800, 0x20000, 0x110000};
    const auto code_point = static_cast<char32_t>(random.below(limits.at(random.below(limits.size()))));
    text += code_point >= 0xD800 && code_point < 0xE000 ? U' ' : code_point;
  }
  return encode_utf8(text);
}

TEST(RandomText, RoundTripsThroughItsIds) {
  const BytePair tokeniser = BytePair::open_directory(embedded);
  Mutator random(1);
  for (int i = 0; i < 500; ++i) {
    const std::string text = random_text(random);
    EXPECT_EQ(tokeniser.decode(tokeniser.encode(text)), text);
  }
}

TEST(RandomText, IsTheConcatenationOfItsWords) {
  Mutator random(2);
  for (int i = 0; i < 500; ++i) {
    const std::string text = random_text(random);
    std::string joined;
    for (const std::string_view word : split_words(text)) {
      EXPECT_FALSE(word.empty());
      joined += word;
    }
    EXPECT_EQ(joined, text);
  }
}

TEST(RandomText, HasWordPiecesOfTheVocabulary) {
  const WordPiece tokeniser = WordPiece::open_directory(TRIPARTITE_TEST_DATA "/wordpiece");
  Mutator random(3);
  for (int i = 0; i < 500; ++i) {
    const auto encoding = tokeniser.encode(random_text(random), 16);
    EXPECT_LE(encoding.ids.size(), 16U);
    EXPECT_LE(encoding.ids.size(), encoding.untruncated_count);
    for (const int id : encoding.ids) EXPECT_LT(static_cast<std::size_t>(id), tokeniser.vocabulary().size());
  }
}

TEST(RandomBytes, AreEncodedOrRejected) {
  const BytePair byte_pair = BytePair::open_directory(embedded);
  const WordPiece word_piece = WordPiece::open_directory(TRIPARTITE_TEST_DATA "/wordpiece");
  Mutator mutate(4);
  int refused = 0;
  for (int i = 0; i < 500; ++i) {
    const std::string bytes = mutate(std::string(sample));
    const bool is_valid = valid_utf8_prefix(bytes) == bytes.size();
    EXPECT_EQ(valid_utf8_prefix(replace_invalid_utf8(bytes)), replace_invalid_utf8(bytes).size());
    const auto expect_refused_if_invalid = [&](auto encode) {
      try {
        encode();
        EXPECT_TRUE(is_valid);
      } catch (const ConfigError&) {
        EXPECT_FALSE(is_valid);
        ++refused;
      }
    };
    expect_refused_if_invalid([&] { byte_pair.encode(bytes); });
    expect_refused_if_invalid([&] { word_piece.encode(bytes, 64); });
  }
  EXPECT_GT(refused, 25);
}

TEST(DamagedVocabulary, IsReadOrRejectedByWordPiece) {
  const std::string vocabulary = io::read_file(TRIPARTITE_TEST_DATA "/wordpiece/vocab.txt");
  Mutator mutate(5);
  int refused = 0;
  for (int i = 0; i < 1'000; ++i) {
    try {
      WordPiece(mutate(vocabulary), "damaged").encode(sample, 64);
    } catch (const FileError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 100);
}

TEST(DamagedVocabulary, IsReadOrRejectedByBytePair) {
  const std::string vocabulary = io::read_file(embedded + "/vocab.json");
  const std::string merges = io::read_file(embedded + "/merges.txt");
  Mutator mutate(6);
  int refused = 0;
  for (int i = 0; i < 200; ++i) {  // 1 ms each, 20 ms under the sanitizers
    try {
      const bool is_vocabulary = i % 2 == 0;
      const BytePair tokeniser(is_vocabulary ? mutate(vocabulary) : vocabulary, is_vocabulary ? merges : mutate(merges),
                               "damaged");
      EXPECT_EQ(tokeniser.decode(tokeniser.encode(sample)), sample);
    } catch (const FileError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace tripartite::transformer
