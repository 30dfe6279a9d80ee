#include "host/transformer/byte_pair.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "host/io/text_file.hpp"
#include "host/transformer/utf8.hpp"
#include "host/transformer/word_splitter.hpp"
#include "io/error_text.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// vocab.json of GPT-2's 256 byte symbols and `more`; ids in this order.
nlohmann::ordered_json byte_vocabulary(const std::vector<std::string>& more) {
  nlohmann::ordered_json vocabulary;
  char32_t next = 256;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool itself = (byte > 32 && byte < 127) || (byte > 160 && byte < 173) || byte > 173;
    const char32_t symbol = itself ? byte : next++;
    vocabulary[encode_utf8({&symbol, 1})] = byte;
  }
  for (const std::string& token : more) vocabulary[token] = vocabulary.size();
  return vocabulary;
}

constexpr int ab = 256, abc = 257, bc = 258, space_a = 259, mark = 260;

BytePair small() {
  const auto vocabulary = byte_vocabulary({"ab", "abc", "bc", "Ġa", "<|mark|>"});
  return BytePair(vocabulary.dump(), "#version: 0.2\nb c\na b\nĠ a\na bc\n", "small", {"<|mark|>"});
}

TEST(SplitWords, FollowsGpt2sRegularExpression) {
  EXPECT_THAT(split_words("Hello  world"), ElementsAre("Hello", " ", " world"));
  EXPECT_THAT(split_words("it's we'll I'M don't"), ElementsAre("it", "'s", " we", "'ll", " I", "'", "M", " don", "'t"));
  EXPECT_THAT(split_words("you're I've he'd I'm"), ElementsAre("you", "'re", " I", "'ve", " he", "'d", " I", "'m"));
  EXPECT_THAT(split_words("a1b22 333!? ..."), ElementsAre("a", "1", "b", "22", " 333", "!?", " ..."));
  EXPECT_THAT(split_words("x \n\n y"), ElementsAre("x", " \n\n", " y"));
  EXPECT_THAT(split_words("x\n\ny\t"), ElementsAre("x", "\n", "\n", "y", "\t"));
  EXPECT_THAT(split_words("x   "), ElementsAre("x", "   "));
  EXPECT_THAT(split_words(" '"), ElementsAre(" '"));
  EXPECT_THAT(split_words(" 's"), ElementsAre(" '", "s"));
  EXPECT_THAT(split_words(""), ElementsAre());
}

TEST(SplitWords, RecognisesUnicodeLettersAndNumbers) {
  EXPECT_THAT(split_words("Größe²½Ⅳ東京"), ElementsAre("Größe", "²½Ⅳ", "東京"));
  EXPECT_THAT(split_words("e\xCC\x81t"), ElementsAre("e", "\xCC\x81", "t"));  // a combining accent is not a letter
  EXPECT_THAT(split_words("a\xC2\xA0\xC2\xA0"
                          "b"),
              ElementsAre("a", "\xC2\xA0", "\xC2\xA0", "b"));
}

TEST(BytePair, MergesTheLowestRankFirst) {
  EXPECT_THAT(small().encode("abc"), ElementsAre(abc));  // b c comes before a b, then a bc
  EXPECT_THAT(small().encode("abab"), ElementsAre(ab, ab));
  EXPECT_THAT(small().encode("bcb"), ElementsAre(bc, 'b'));
  EXPECT_THAT(small().encode(" a ab"), ElementsAre(space_a, 32, ab));  // a b has the lower rank than Ġ a
}

TEST(BytePair, DoesNotMergeAcrossPieces) { EXPECT_THAT(small().encode("a\nb"), ElementsAre('a', '\n', 'b')); }

TEST(BytePair, MergesTheLeftmostOfEqualPairs) {
  const auto vocabulary = byte_vocabulary({"aa"});
  const BytePair tokeniser(vocabulary.dump(), "a a\n", "small");
  EXPECT_THAT(tokeniser.encode("aaa"), ElementsAre(256, 'a'));
  EXPECT_THAT(tokeniser.encode("aaaa"), ElementsAre(256, 256));
}

TEST(BytePair, EncodesASpecialTokenAsOneId) {
  EXPECT_THAT(small().encode("ab<|mark|>c<|mark|>"), ElementsAre(ab, mark, 'c', mark));
  EXPECT_EQ(small().decode(std::vector{ab, mark}), "ab<|mark|>");
  EXPECT_EQ(small().id("<|mark|>"), mark);
  EXPECT_EQ(small().id("nowhere"), std::nullopt);
}

TEST(BytePair, EncodesEndOfTextAsOneIdIfInTheVocabulary) {
  const BytePair tokeniser(byte_vocabulary({"<|endoftext|>"}).dump(), "", "small");
  EXPECT_THAT(tokeniser.encode("a<|endoftext|>b"), ElementsAre('a', 256, 'b'));
  EXPECT_EQ(small().encode("<|endoftext|>").size(), 13U);
}

TEST(BytePair, DecodesToTheBytesOfTheText) {
  std::string every_byte_that_utf8_uses = std::string("\0\x01 ab\t\n\x7F", 8);
  every_byte_that_utf8_uses += "¡\u00AD\u00FFŁ東\U0001F44D";
  EXPECT_EQ(small().decode(small().encode(every_byte_that_utf8_uses)), every_byte_that_utf8_uses);
  EXPECT_EQ(small().decode({}), "");
}

TEST(BytePair, DecodesPartialCharactersWithoutLoss) {
  const std::vector<int> ids = small().encode("東");
  ASSERT_EQ(ids.size(), 3U);
  EXPECT_EQ(small().decode(std::span(ids).first(2)), "\xE6\x9D");
  EXPECT_EQ(replace_invalid_utf8(small().decode(std::span(ids).first(2)) + "a"), "\uFFFD\uFFFDa");
}

TEST(BytePair, RejectsAnIdOutsideTheVocabulary) {
  EXPECT_THAT(error_text<ConfigError>([] {
                small().decode(std::vector{0, 261});
              }),
              HasSubstr("token 1 has id 261: must be in [0, 261)"));
  EXPECT_THAT(error_text<ConfigError>([] { small().decode(std::vector{-1}); }), HasSubstr("id -1"));
}

TEST(BytePair, NamesTheOffsetOfInvalidUtf8) {
  EXPECT_THAT(error_text<ConfigError>([] { small().encode("ab<|mark|>\xFF"); }), HasSubstr("byte offset 10 (0xFF)"));
}

TEST(BytePair, EncodesALongRunInSubquadraticTime) {
  const BytePair tokeniser(byte_vocabulary({"aa", "aaaa"}).dump(), "a a\naa aa\n", "small");
  EXPECT_EQ(tokeniser.encode(std::string(400'000, 'a')).size(),
            100'000U);  // would take hours if every merge searched all pairs
}

std::string refusal(const std::string& vocabulary, const std::string& merges,
                    const std::vector<std::string>& special_tokens = {}) {
  return error_text<FileError>([&] { const BytePair unused(vocabulary, merges, "dir", special_tokens); });
}

TEST(BytePair, NamesTheLineOfAnInvalidMerge) {
  const std::string vocabulary = byte_vocabulary({"ab"}).dump();
  EXPECT_EQ(refusal(vocabulary, "a b\r\n"), "nothing was thrown");
  EXPECT_THAT(refusal(vocabulary, ""), HasSubstr("dir/merges.txt: no line produces token \"ab\" of the vocabulary"));
  EXPECT_EQ(refusal(byte_vocabulary({"<pad>"}).dump(), ""), "nothing was thrown");
  EXPECT_THAT(refusal(vocabulary, "#version: 0.2\na b\na c\n"),
              HasSubstr("dir/merges.txt: line 3: \"ac\" is not a token of the vocabulary"));
  EXPECT_THAT(refusal(vocabulary, "ab\n"), HasSubstr("line 1: \"ab\": must be two tokens"));
  EXPECT_THAT(refusal(vocabulary, "a b c\n"), HasSubstr("must be two tokens"));
  EXPECT_THAT(refusal(vocabulary, "a \n"), HasSubstr("must be two tokens"));
  EXPECT_THAT(refusal(vocabulary, "\na b\n"), HasSubstr("line 1: \"\""));
  EXPECT_THAT(refusal(vocabulary, "a b\na b\n"), HasSubstr("line 2: \"a b\" is already merged by an earlier line"));
  EXPECT_THAT(refusal(vocabulary, "zz b\n"), HasSubstr("\"zz\" is not a token"));
}

TEST(BytePair, NamesTheTokenOfAnInvalidVocabulary) {
  auto vocabulary = byte_vocabulary({"ab"});
  vocabulary["ab"] = 257;
  EXPECT_THAT(refusal(vocabulary.dump(), ""),
              HasSubstr("dir/vocab.json: id of token \"ab\" is 257: must be from 0 to 256"));
  vocabulary["ab"] = -1;
  EXPECT_THAT(refusal(vocabulary.dump(), ""), HasSubstr("is -1"));
  vocabulary["ab"] = "1";
  EXPECT_THAT(refusal(vocabulary.dump(), ""), HasSubstr("is \"1\""));
  vocabulary["ab"] = 97;
  EXPECT_THAT(refusal(vocabulary.dump(), ""), AllOf(HasSubstr("\"a\" and \"ab\""), HasSubstr("same id 97")));
  vocabulary.erase("ab");
  vocabulary.erase("Ġ");
  vocabulary["ab"] = 32;
  EXPECT_THAT(refusal(vocabulary.dump(), ""), HasSubstr("token \"Ġ\", the symbol of byte 0x20, not found"));
  EXPECT_THAT(refusal(byte_vocabulary({"▁the"}).dump(), ""),
              HasSubstr("\"▁the\" has a character that is not a byte symbol"));
  EXPECT_THAT(refusal(byte_vocabulary({}).dump(), "", {"<|end|>"}), HasSubstr("special token \"<|end|>\" not found"));
  EXPECT_THAT(refusal("[]", ""), HasSubstr("must be an object"));
  EXPECT_THAT(refusal("{", ""), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal(R"({"a":0,"a":1})", ""), HasSubstr("\"a\" occurs twice"));
}

/// Ids of another implementation with the vocabulary of the embedded models.
TEST(BytePair, MatchesTheReferenceIdsOfTheEmbeddedModel) {
  const auto reference = nlohmann::json::parse(io::read_file(TRIPARTITE_TEST_DATA "/bpe_cases.json"));
  const BytePair tokeniser =
      BytePair::open_directory(std::string(TRIPARTITE_PROJECT_DATA "/models/") + reference["model"].get<std::string>());
  ASSERT_GE(reference["cases"].size(), 20U);
  for (const auto& expected : reference["cases"]) {
    const auto text = expected["text"].get<std::string>();
    EXPECT_EQ(tokeniser.encode(text), expected["ids"].get<std::vector<int>>()) << text;
    EXPECT_EQ(tokeniser.decode(expected["ids"].get<std::vector<int>>()), text);
  }
}

/// Random texts of all categories of Unicode; ids of the `tokenizers` library (make_tokenizer_cases.py).
TEST(BytePair, MatchesTheTokenizersLibraryOnRandomTexts) {
  const auto reference = nlohmann::json::parse(io::read_file(TRIPARTITE_TEST_DATA "/tokenizer_cases.json"));
  const BytePair tokeniser = BytePair::open_directory(TRIPARTITE_PROJECT_DATA "/models/kjv-softmax");
  ASSERT_EQ(reference["cases"].size(), 120U);
  for (const auto& expected : reference["cases"]) {
    const auto text = expected["text"].get<std::string>();
    EXPECT_EQ(tokeniser.encode(text), expected["byte_pair"].get<std::vector<int>>()) << text;
    EXPECT_EQ(tokeniser.decode(expected["byte_pair"].get<std::vector<int>>()), text);
  }
}

}  // namespace
}  // namespace tripartite::transformer
