#include "host/transformer/wordpiece.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/io/text_file.hpp"
#include "io/error_text.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t long_enough = 1000;

const WordPiece& small() {
  static const WordPiece tokeniser = WordPiece::open_directory(TRIPARTITE_TEST_DATA "/wordpiece");
  return tokeniser;
}

/// Tokens without [CLS] and [SEP], with spaces between them.
std::string pieces(std::string_view text) {
  const auto encoding = small().encode(text, long_enough);
  std::string joined;
  for (std::size_t i = 1; i + 1 < encoding.tokens.size(); ++i) joined += (i > 1 ? " " : "") + encoding.tokens[i];
  return joined;
}

TEST(WordPiece, PutsTheTextBetweenClsAndSep) {
  const auto encoding = small().encode("the cats", long_enough);
  EXPECT_THAT(encoding.tokens, ElementsAre("[CLS]", "the", "cats", "[SEP]"));
  EXPECT_THAT(encoding.ids, ElementsAre(2, 7, 9, 3));
  EXPECT_EQ(encoding.untruncated_count, 4U);
}

TEST(WordPiece, EncodesEmptyTextAsClsAndSep) {
  EXPECT_THAT(small().encode("", long_enough).tokens, ElementsAre("[CLS]", "[SEP]"));
  EXPECT_THAT(small().encode(" \t\r\n", long_enough).tokens, ElementsAre("[CLS]", "[SEP]"));
}

TEST(WordPiece, TruncatesALongTextAtItsEnd) {
  const auto encoding = small().encode("a b a b the", 5);
  EXPECT_THAT(encoding.tokens, ElementsAre("[CLS]", "a", "b", "a", "[SEP]"));
  EXPECT_EQ(encoding.untruncated_count, 7U);
  EXPECT_THAT(small().encode("a b", 2).tokens, ElementsAre("[CLS]", "[SEP]"));
}

TEST(WordPiece, RejectsALengthWithoutRoomForClsAndSep) {
  EXPECT_THAT(error_text<ConfigError>([] { small().encode("a", 1); }), HasSubstr("= 1 tokens: must be at least 2"));
}

TEST(WordPiece, ExtractsSpecialTokensFirstAndOnlyInCapitals) {
  EXPECT_EQ(pieces("the[MASK]cat"), "the [MASK] cat");
  EXPECT_EQ(pieces("[PAD][UNK][CLS][SEP]"), "[PAD] [UNK] [CLS] [SEP]");
  EXPECT_EQ(pieces("[mask]"), "[UNK] [UNK] [UNK]");
}

TEST(WordPiece, DropsControlAndFormatCharactersAndJoinsTheirNeighbours) {
  EXPECT_EQ(pieces(std::string("c\0at", 4)), "cat");
  EXPECT_EQ(pieces("c\xEF\xBF\xBD"
                   "at"),
            "cat");  // U+FFFD
  EXPECT_EQ(pieces("c\x0B"
                   "a\x0C"
                   "t\x7F"),
            "cat");  // VT, FF, DEL: category Cc
  EXPECT_EQ(pieces("c\xC2\x85"
                   "a\xC2\xAD"
                   "t\xE2\x80\x8B"),
            "cat");  // NEL, soft hyphen, zero-width space
  EXPECT_EQ(pieces("c\xEE\x80\x80"
                   "at"),
            "cat");                         // U+E000: private use
  EXPECT_EQ(pieces("a\xCD\xB8"), "[UNK]");  // U+0378: unassigned, kept
}

TEST(WordPiece, SplitsAtEveryWhiteSpace) {
  EXPECT_EQ(pieces("the\tcat\nthe\rcat"), "the cat the cat");
  EXPECT_EQ(pieces("the\xC2\xA0"
                   "cat\xE3\x80\x80the\xE2\x80\xA8"
                   "cat\xE2\x80\x83the"),
            "the cat the cat the");
}

TEST(WordPiece, IsolatesIdeographsButNotKana) {
  EXPECT_EQ(pieces("the東京cat"), "the 東 京 cat");
  EXPECT_EQ(pieces("かな"), "か ##な");
}

TEST(WordPiece, StripsPrecomposedAndCombiningAccents) {
  EXPECT_EQ(pieces("Café"), "cafe");
  EXPECT_EQ(pieces("Cafe\xCC\x81"), "cafe");
  EXPECT_EQ(pieces("が"), "か");                            // U+304C = か + U+3099, which is Mn
  EXPECT_EQ(pieces("क\xE0\xA4\xBE\xE0\xA5\x87"), "क ##ा");  // Mc is kept, Mn removed
  EXPECT_EQ(pieces("ﬁ fi"), "ﬁ fi");                        // no compatibility decomposition
}

TEST(WordPiece, LowercasesOneCodePointAtATime) {
  EXPECT_EQ(pieces("THE Cats"), "the cats");
  EXPECT_EQ(pieces("ΣΑΣ"), "σασ");  // not the final form σας
  EXPECT_EQ(pieces("ß Đ"), "ß đ");
  EXPECT_EQ(pieces("\xC4\xB0"), "[UNK]");  // İ becomes i, which is not in the vocabulary
}

TEST(WordPiece, IsolatesPunctuation) {
  EXPECT_EQ(pieces("cat.the!!$a"), "cat . the ! ! $ a");
  EXPECT_EQ(pieces("a€"), "a ##€");  // non-ASCII currency signs are not punctuation
}

TEST(WordPiece, TakesTheLongestMatchAndMapsUnmatchedWordsToUnk) {
  EXPECT_EQ(pieces("cats unable unably"), "cats un ##able un ##ably");
  EXPECT_EQ(pieces("catsx unablex a"), "[UNK] [UNK] a");
  EXPECT_EQ(pieces("able"), "[UNK]");  // only as a continuation
}

TEST(WordPiece, LimitsWordsByCodePoints) {
  const auto count = [](const std::string& word) { return small().encode(word, long_enough).tokens.size() - 2; };
  EXPECT_EQ(count(std::string(100, 'a')), 100U);
  EXPECT_EQ(pieces(std::string(101, 'a')), "[UNK]");
  std::string euros = "a";
  for (int i = 0; i < 99; ++i) euros += "€";
  EXPECT_EQ(count(euros), 100U);  // 298 bytes
}

TEST(WordPiece, NamesTheOffsetOfInvalidUtf8) {
  EXPECT_THAT(error_text<ConfigError>([] { small().encode("the c\xE9t", long_enough); }),
              AllOf(HasSubstr("not valid UTF-8 at byte offset 5 (0xE9)")));
  EXPECT_THAT(error_text<ConfigError>([] { small().encode("\xC0\x80", long_enough); }),
              HasSubstr("byte offset 0 (0xC0)"));
  EXPECT_THAT(error_text<ConfigError>([] { small().encode("a\xED\xA0\x80", long_enough); }),
              HasSubstr("byte offset 1"));
  EXPECT_THAT(error_text<ConfigError>([] { small().encode("東\xE6\x9D", long_enough); }), HasSubstr("byte offset 3"));
}

std::string refusal(const std::string& vocabulary) {
  return error_text<FileError>([&] { const WordPiece unused(vocabulary, "vocab.txt"); });
}

TEST(WordPiece, NamesTheLineOfAnInvalidVocabulary) {
  const std::string special = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
  EXPECT_EQ(refusal(special), "nothing was thrown");
  EXPECT_EQ(refusal(special + "a\r\nb"), "nothing was thrown");
  EXPECT_THAT(refusal(special + "a\nb\na\n"), HasSubstr("vocab.txt: line 8: token \"a\" occurs twice"));
  EXPECT_THAT(refusal(special + "\na\n"), HasSubstr("line 6 is empty"));
  EXPECT_THAT(refusal(special + "a\n\xFF\n"), HasSubstr("line 7: not valid UTF-8"));
  EXPECT_THAT(refusal("{\"a\": 1}"), HasSubstr("token [PAD] not found"));
  EXPECT_THAT(refusal(""), HasSubstr("not a WordPiece vocabulary"));
}

/// The real vocabulary, which is not part of the project.
class RealWordPiece : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(model / "vocab.txt"))
      GTEST_SKIP() << "the vocabulary of all-MiniLM-L6-v2 is not installed: run scripts/fetch-models";
  }
  const std::filesystem::path model = TRIPARTITE_PROJECT_DATA "/../models/all-MiniLM-L6-v2";
};

TEST_F(RealWordPiece, MatchesEveryReferenceText) {
  const WordPiece tokeniser = WordPiece::open_directory(model);
  const auto reference = nlohmann::json::parse(io::read_file(TRIPARTITE_TEST_DATA "/minilm/expected.json"));
  ASSERT_EQ(reference["texts"].size(), 24U);
  for (const auto& expected : reference["texts"]) {
    const auto encoding =
        tokeniser.encode(expected["text"].get<std::string>(), reference["max_length"].get<std::size_t>());
    EXPECT_EQ(encoding.ids, expected["ids"].get<std::vector<int>>()) << expected["name"];
    EXPECT_EQ(encoding.tokens, expected["tokens"].get<std::vector<std::string>>()) << expected["name"];
    EXPECT_EQ(encoding.untruncated_count, expected["num_tokens_untruncated"].get<std::size_t>()) << expected["name"];
  }
}

/// Random texts with all Unicode categories; ids of the `tokenizers` library (make_tokenizer_cases.py).
TEST_F(RealWordPiece, MatchesRandomTexts) {
  const WordPiece tokeniser = WordPiece::open_directory(model);
  const auto reference = nlohmann::json::parse(io::read_file(TRIPARTITE_TEST_DATA "/tokenizer_cases.json"));
  ASSERT_EQ(reference["cases"].size(), 120U);
  for (const auto& expected : reference["cases"])
    EXPECT_EQ(tokeniser.encode(expected["text"].get<std::string>(), long_enough).ids,
              expected["wordpiece"].get<std::vector<int>>())
        << expected["text"];
}

}  // namespace
}  // namespace tripartite::transformer
