#include "host/config/parameter_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/config/render.hpp"

namespace tripartite::config {

enum class Colour { red, green };

template <>
struct Choices<Colour> {
  static constexpr std::array names{std::pair{Colour::red, std::string_view("red")},
                                    std::pair{Colour::green, std::string_view("green")}};
};

namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Paint {
  double drying_time = 0.5;
  int coats = 2;
  std::uint64_t seed = 7;
  bool glossy = false;
  Colour colour = Colour::red;
  std::string name;
  std::string where = "out";
  std::vector<double> mixture{0.25, 0.75};
  std::vector<std::int64_t> walls{1, 2};
  std::vector<Colour> trims{Colour::green};
};

const ParameterTable<Paint>& paint_table() {
  static const ParameterTable<Paint> table = [] {
    ParameterTable<Paint> t("paint", "how a wall is painted");
    t.section("paint", "what is in the bucket");
    t.add(
        {.key = "drying_time",
         .symbol = "τ",
         .unit = "s",
         .meaning = "until dry",
         .range = {0, 10, true, false},
         .option = "--dry"},
        [](auto& c) -> auto& { return c.drying_time; });
    t.add(
        {.key = "glossy", .meaning = "shines"}, [](auto& c) -> auto& { return c.glossy; });
    t.add(
        {.key = "colour", .meaning = "what is seen", .option = "--colour"}, [](auto& c) -> auto& { return c.colour; });
    t.add(
        {.key = "mixture", .meaning = "shares", .range = within(0, 1)}, [](auto& c) -> auto& { return c.mixture; });
    t.section("wall", "what it is put on");
    t.add(
        {.key = "coats", .meaning = "layers", .range = at_least(1)}, [](auto& c) -> auto& { return c.coats; });
    t.add(
        {.key = "seed", .meaning = "of the pattern", .range = at_least(0)}, [](auto& c) -> auto& { return c.seed; });
    t.add(
        {.key = "name", .meaning = "whose wall", .optional = true}, [](auto& c) -> auto& { return c.name; });
    t.add(
        {.key = "walls", .meaning = "which", .range = at_least(0)}, [](auto& c) -> auto& { return c.walls; });
    t.add(
        {.key = "trims", .meaning = "edges"}, [](auto& c) -> auto& { return c.trims; });
    t.add(
        {.key = "where", .meaning = "receipt", .transient = true}, [](auto& c) -> auto& { return c.where; });
    t.check([](const Paint& c, const Origins& origins) {
      if (c.glossy && c.coats < 2) throw origins.error("wall.coats", std::int64_t(c.coats), "glossy paint needs 2");
    });
    return t;
  }();
  return table;
}

Paint from_toml(const std::string& document) {
  Settings settings(paint_table().parameters());
  settings.read_document(document, "wall.toml");
  return paint_table().resolve(settings);
}

Paint from_options(const std::vector<std::string>& assignments) {
  Settings settings(paint_table().parameters());
  for (const auto& assignment : assignments) settings.set(assignment, "--set");
  return paint_table().resolve(settings);
}

std::string complaint(const std::function<void()>& action) {
  try {
    action();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "nothing was refused";
}

TEST(ParameterTable, KeepsDefaultsOfUnsetParameters) {
  const Paint paint = from_toml("");
  EXPECT_EQ(paint.drying_time, 0.5);
  EXPECT_EQ(paint.coats, 2);
  EXPECT_EQ(paint.colour, Colour::red);
}

TEST(ParameterTable, ReadsEveryTypeFromToml) {
  const Paint paint = from_toml(
      "[paint]\ndrying_time = 3\nglossy = true\ncolour = 'green'\nmixture = [1, 0.5]\n"
      "[wall]\ncoats = 4\nseed = 9223372036854775807\nname = \"Anna\\nB\"\nwalls = []\ntrims = ['red', 'green']\n");
  EXPECT_EQ(paint.drying_time, 3.0);
  EXPECT_TRUE(paint.glossy);
  EXPECT_EQ(paint.colour, Colour::green);
  EXPECT_THAT(paint.mixture, ElementsAre(1.0, 0.5));
  EXPECT_EQ(paint.coats, 4);
  EXPECT_EQ(paint.seed, 9223372036854775807U);
  EXPECT_EQ(paint.name, "Anna\nB");
  EXPECT_TRUE(paint.walls.empty());
  EXPECT_THAT(paint.trims, ElementsAre(Colour::red, Colour::green));
}

TEST(ParameterTable, ReadsEveryTypeFromOptions) {
  const Paint paint =
      from_options({"paint.drying_time=2.5e-1", "paint.glossy=true", "paint.colour=green", "paint.mixture=0.5, 1",
                    "wall.coats=+3", "wall.name=a = \"b\"", "wall.walls=[3, 4]", "wall.trims=red,green"});
  EXPECT_EQ(paint.drying_time, 0.25);
  EXPECT_TRUE(paint.glossy);
  EXPECT_EQ(paint.colour, Colour::green);
  EXPECT_THAT(paint.mixture, ElementsAre(0.5, 1.0));
  EXPECT_EQ(paint.coats, 3);
  EXPECT_EQ(paint.name, "a = \"b\"");
  EXPECT_THAT(paint.walls, ElementsAre(3, 4));
  EXPECT_THAT(paint.trims, ElementsAre(Colour::red, Colour::green));
}

TEST(ParameterTable, ReadsCountsWithAnExponent) {
  EXPECT_EQ(from_toml("wall.coats = 1e3").coats, 1000);
  EXPECT_EQ(from_toml("wall.seed = 9007199254740992.0").seed, 9007199254740992U);
  EXPECT_THAT(from_toml("wall.walls = [1e2, 3]").walls, ElementsAre(100, 3));
  EXPECT_EQ(from_options({"wall.coats=2.5e1"}).coats, 25);
  EXPECT_THAT(from_options({"wall.walls=1e2,3"}).walls, ElementsAre(100, 3));
}

TEST(ParameterTable, ReadsASingleValueAsAListOfOne) {
  const Paint paint = from_toml("[paint]\nmixture = 0.5\n[wall]\nwalls = 3\ntrims = 'green'");
  EXPECT_THAT(paint.mixture, ElementsAre(0.5));
  EXPECT_THAT(paint.walls, ElementsAre(3));
  EXPECT_THAT(paint.trims, ElementsAre(Colour::green));
  EXPECT_THAT(from_options({"paint.mixture=0.5"}).mixture, ElementsAre(0.5));
}

TEST(ParameterTable, LetsOptionsOverrideTheFile) {
  Settings settings(paint_table().parameters());
  settings.set("wall.coats=5", "--set");
  settings.read_document("wall.coats = 3", "wall.toml");
  EXPECT_EQ(paint_table().resolve(settings).coats, 5);
}

struct Refusal {
  std::string document;
  std::vector<std::string> words;  // the message must contain all of them
};

class RejectedToml : public testing::TestWithParam<Refusal> {};

TEST_P(RejectedToml, NamesPlaceKeyValueAndExpectation) {
  const std::string message = complaint([] { from_toml(GetParam().document); });
  for (const auto& word : GetParam().words) EXPECT_THAT(message, HasSubstr(word)) << GetParam().document;
}

INSTANTIATE_TEST_SUITE_P(
    BadInput, RejectedToml,
    testing::Values(
        Refusal{"[paint]\n\ndrying_time = 11", {"wall.toml:3: ", "paint.drying_time = 11.0", "in (0, 10] [s]"}},
        Refusal{"paint.drying_time = 0", {"wall.toml:1: ", "paint.drying_time = 0.0", "in (0, 10]"}},
        Refusal{"paint.drying_time = nan", {"= nan", "a finite number"}},
        Refusal{"paint.drying_time = inf", {"= inf", "a finite number"}},
        Refusal{"paint.drying_time = '1'", {"= '1'", "a finite number in (0, 10]"}},
        Refusal{"paint.drying_time = [1]", {"a finite number"}},
        Refusal{"paint.drying_time = 2020-01-01", {"2020-01-01", "a finite number"}},
        Refusal{"paint.glossy = 1", {"paint.glossy = 1", "true or false"}},
        Refusal{"paint.colour = 'blue'", {"paint.colour = \"blue\"", "one of red, green"}},
        Refusal{"paint.colour = 1", {"paint.colour = 1", "one of red, green"}},
        Refusal{"paint.mixture = [0.5, 2.0]", {"[0.5, 2.0]", "finite numbers in [0, 1]"}},
        Refusal{"paint.mixture = [0.5, 'x']", {"a list of finite numbers"}},
        Refusal{"wall.coats = 2.5", {"wall.coats = 2.5", "an integer in [1, 2147483647]"}},
        Refusal{"wall.coats = 1e300", {"wall.coats = ", "an integer in [1, 2147483647]"}},
        Refusal{"wall.walls = 1.5", {"wall.walls = 1.5", "a list of integers"}},
        Refusal{"wall.coats = 2147483648", {"wall.coats = 2147483648", "an integer in"}},
        Refusal{"wall.coats = 99999999999999999999", {"wall.toml:1: ", "not valid TOML"}},
        Refusal{"wall.seed = -1", {"wall.seed = -1", "an integer >= 0"}},
        Refusal{"wall.name = ''", {"wall.name = \"\"", "not empty"}},
        Refusal{"wall.trims = ['blue']", {"[\"blue\"]", "any of red, green"}},
        Refusal{"paint.drying_tmie = 1", {"wall.toml:1: paint.drying_tmie: unknown key", "paint.drying_time"}},
        Refusal{"paint.coats = 1", {"unknown key", "the nearest known one is wall.coats"}},
        Refusal{"coats = 1", {"coats: unknown key", "the nearest known one is wall.coats"}},
        Refusal{"wall.zebra = 1", {"wall.zebra: unknown key; the section wall has ", "coats"}},
        Refusal{"zebra = 1", {"zebra: unknown key", "info --parameters"}},
        Refusal{"[pant]", {"wall.toml:1: pant: unknown section", "the nearest known one is paint"}},
        Refusal{"paint = 1", {"paint: expected a section", "paint.drying_time"}},
        Refusal{"[paint.glossy]", {"paint.glossy: expected true or false, not a section"}},
        Refusal{"[wall]\ncoats = 1\ncoats = 2", {"wall.toml:3: not valid TOML", "coats"}},
        Refusal{"[wall\ncoats = 1", {"wall.toml:1: not valid TOML"}},
        Refusal{"wall.name = \"\xff\"", {"wall.toml:1: not valid TOML"}},
        Refusal{"paint.glossy = true\nwall.coats = 1", {"wall.toml:2: wall.coats = 1: glossy paint needs 2"}}));

class RejectedOption : public testing::TestWithParam<Refusal> {};

TEST_P(RejectedOption, NamesOptionKeyValueAndExpectation) {
  const std::string message = complaint([] { from_options({GetParam().document}); });
  for (const auto& word : GetParam().words) EXPECT_THAT(message, HasSubstr(word)) << GetParam().document;
}

INSTANTIATE_TEST_SUITE_P(
    BadInput, RejectedOption,
    testing::Values(
        Refusal{"paint.drying_time=fast", {"--set: paint.drying_time = \"fast\": expected a finite number"}},
        Refusal{"paint.drying_time=", {"paint.drying_time = \"\"", "a finite number"}},
        Refusal{"paint.drying_time=1s", {"\"1s\"", "[s]"}},
        Refusal{"paint.drying_time=nan", {"= nan", "a finite number"}},
        Refusal{"paint.drying_time=1e999", {"\"1e999\"", "a finite number"}},
        Refusal{"paint.glossy=yes", {"\"yes\"", "true or false"}},
        Refusal{"paint.colour=Red", {"\"Red\"", "one of red, green"}},
        Refusal{"paint.mixture=1,,0", {"a list of finite numbers"}},
        Refusal{"paint.mixture=[1", {"a list of finite numbers"}},
        Refusal{"paint.mixture=[1,]x]", {"a list of finite numbers"}},
        Refusal{"wall.coats=1.5", {"\"1.5\"", "an integer"}}, Refusal{"wall.coats=1e30", {"\"1e30\"", "an integer"}},
        Refusal{"wall.coats=1e", {"\"1e\"", "an integer"}}, Refusal{"wall.name=\xff\xfe", {"wall.name", "UTF-8"}},
        Refusal{"wall.coat=1", {"--set: wall.coat: unknown key; the nearest known one is wall.coats"}},
        Refusal{"wall.coats", {"--set wall.coats: expected key=value"}}, Refusal{"=3", {"expected key=value"}}));

TEST(ParameterTable, RejectsTheSameKeyTwiceOnTheCommandLine) {
  EXPECT_EQ(complaint([] {
              from_options({"wall.coats=1", "wall.coats=1"});
            }),
            "--set: wall.coats: given before, by --set");
}

TEST(ParameterTable, RejectsAnInvalidConfigurationBuiltInCode) {
  Paint paint;
  paint.drying_time = -1;
  EXPECT_THAT(complaint([&] { paint_table().validate(paint); }), HasSubstr("paint.drying_time = -1.0: expected"));
  paint = Paint{};
  paint.coats = 1;
  paint.glossy = true;
  EXPECT_THAT(complaint([&] { paint_table().validate(paint); }), StartsWith("wall.coats = 1: glossy"));
  EXPECT_NO_THROW(paint_table().validate(Paint{}));
}

TEST(ParameterTable, TruncatesLongValuesBetweenCharacters) {
  std::string text = "a";
  for (int i = 0; i < 100; ++i) text += "é";
  const std::string shown = to_message(Value(text));
  EXPECT_LE(shown.size(), 64U);
  EXPECT_THAT(shown, testing::EndsWith("é..."));
}

TEST(RenderToml, RoundTripsTheConfiguration) {
  Paint paint;
  paint.drying_time = 0.1 + 0.2;   // needs all 17 digits
  paint.seed = 9007199254740993U;  // not representable as a double
  paint.name = "tab\t quote\" back\\slash \x01 \x7f Zoë\r\n";
  paint.mixture = {1e-300, 1, 0};
  paint.trims = {};
  const std::string document = render_toml(paint_table().description(), paint_table().values(paint));
  EXPECT_EQ(paint_table().values(from_toml(document)), paint_table().values(paint)) << document;
}

TEST(RenderToml, OmitsUnsetAndTransientParameters) {
  const std::string document = render_toml(paint_table().description(), paint_table().values(Paint{}));
  EXPECT_THAT(document, AllOf(HasSubstr("\n# name = \"\"  (not set)\n"), Not(HasSubstr("where"))));
}

TEST(RenderJson, HasOneObjectPerSection) {
  const auto json = render_json(paint_table().description(), paint_table().values(Paint{}));
  EXPECT_EQ(json.dump(), R"({"paint":{"drying_time":0.5,"glossy":false,"colour":"red","mixture":[0.25,0.75]},)"
                         R"("wall":{"coats":2,"seed":7,"name":null,"walls":[1,2],"trims":["green"]}})");
}

TEST(RenderMarkdown, HasARowPerParameter) {
  const std::array tables{paint_table().description()};
  EXPECT_THAT(
      render_markdown(tables),
      AllOf(HasSubstr("| `paint.drying_time` | τ | number | `0.5` | [s], (0, 10] | until dry | `--dry` |\n"),
            HasSubstr("| `paint.colour` |  | choice | `\"red\"` | red \\| green | what is seen | `--colour` |\n")));
}

}  // namespace
}  // namespace tripartite::config
