// Documents from strangers.
#include "host/config/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "host/config/attend_parameters.hpp"
#include "io/error_text.hpp"
#include "tripartite/error.hpp"

namespace tripartite::config {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string refusal_of(const std::string& document) {
  return error_text<ConfigError>([&] { Settings(attend_parameters().parameters()).read_document(document, "a.toml"); });
}

/// "a.a.a": with so many parts the library that parses TOML overflows the stack.
std::string long_key() {
  std::string key = "a";
  for (int i = 0; i < 500'000; ++i) key += ".a";
  return key;
}

TEST(HostileToml, LongKeysAreRefused) {
  const auto named = AllOf(HasSubstr("a.toml:2"), HasSubstr("a key has more than 32 parts"));
  EXPECT_THAT(refusal_of("\n" + long_key() + " = 1"), named);
  EXPECT_THAT(refusal_of("\n[" + long_key() + "]"), named);
  EXPECT_THAT(refusal_of("\n[[" + long_key() + "]]"), named);
  EXPECT_THAT(refusal_of("\nx = {b = 1, " + long_key() + " = 1}"), named);
}

// What looks like the beginning of a string must not hide a key behind it.
TEST(HostileToml, LongKeysAreFoundBehindStrings) {
  const std::string key = long_key() + " = 1}";
  const std::string three(3, '"'), literal(3, '\'');
  for (const std::string& text : {std::string("\"\""), std::string("'\\'"), std::string("\"\\\"\""),
                                  three + "x\"" + three, three + "x\"\"" + three, literal + "x'" + literal,
                                  literal + "\\" + literal, three + three, three + "\\\"" + three})
    EXPECT_THAT(refusal_of("x = {b = " + text + ", " + key), HasSubstr("a key has more than 32 parts")) << text;
}

TEST(HostileToml, DotsInStringsAndCommentsAreNoKeys) {
  const std::string dots(100, '.');
  Settings settings(attend_parameters().parameters());
  settings.read_document("# " + dots + "\ninput.text = \"" + dots + "\" # '" + dots + "\n[solver]\ndt = 0.5\n",
                         "a.toml");
  EXPECT_EQ(std::get<std::string>(settings.find("input.text")->value), dots);
  EXPECT_EQ(std::get<double>(settings.find("solver.dt")->value), 0.5);
}

}  // namespace
}  // namespace tripartite::config
