// population.varied: the distributions that values are drawn from, and lists.
#include "host/simulation/varied.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "host/io/atomic_file.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/calcium/li_rinzel.hpp"
#include "tripartite/error.hpp"
#include "tripartite/model/registry.hpp"

namespace tripartite::simulation {
namespace {

using testing::ElementsAre;

constexpr std::size_t many = 50'000;

VariedElements astrocytes(std::size_t count = many) {
  return {model<Astrocyte, LiRinzel>().description, "astrocytes", count};
}

std::vector<double> drawn(const std::string& entry, std::uint64_t seed = 3) {
  return read_varied(entry, astrocytes(), seed).values;
}

/// Phi, the distribution of a standard normal number.
double normal(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

struct Distribution {
  const char* name;
  const char* entry;
  double (*below)(double);  // the probability of a value up to this one
};
void PrintTo(const Distribution& distribution, std::ostream* out) { *out << distribution.entry; }

class VariedParameters : public testing::TestWithParam<Distribution> {};

TEST_P(VariedParameters, FollowTheirDistribution) {
  std::vector<double> values = drawn(GetParam().entry);
  ASSERT_EQ(values.size(), many);
  std::sort(values.begin(), values.end());
  double distance = 0;
  for (std::size_t i = 0; i < many; ++i) {
    const double want = GetParam().below(values[i]);
    distance = std::max({distance, std::abs(want - double(i) / many), std::abs(want - double(i + 1) / many)});
  }
  // Kolmogorov's test at a level of 1e-6. A deviation that is 1.1 times as large gives 0.024.
  EXPECT_LT(distance, std::sqrt(-std::log(0.5e-6) / 2 / many));
}

INSTANTIATE_TEST_SUITE_P(
    Distributions, VariedParameters,
    testing::Values(Distribution{"uniform", "C_T uniform 1.5 2.25",
                                 [](double v) { return std::clamp((v - 1.5) / 0.75, 0., 1.); }},
                    Distribution{"normal", "C_T normal 2 0.25", [](double v) { return normal((v - 2) / 0.25); }},
                    // The logarithm is normal; the mean is 2, the standard deviation 0.5 of it.
                    Distribution{"lognormal", "C_T lognormal 2 0.5",
                                 [](double v) {
                                   const double variance = std::log(1 + 0.5 * 0.5);
                                   return normal((std::log(v / 2) + variance / 2) / std::sqrt(variance));
                                 }},
                    Distribution{"truncated", "C_T truncated 2 0.5 1.8 2.9",
                                 [](double v) {
                                   const double low = normal(-0.4), high = normal(1.8);
                                   return (normal(std::clamp((v - 2) / 0.5, -0.4, 1.8)) - low) / (high - low);
                                 }},
                    Distribution{"rate", "rate uniform 0 3", [](double v) { return std::clamp(v / 3, 0., 1.); }}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(VariedParameters, StayWithinTheirBounds) {
  const auto [low, high] = std::ranges::minmax(drawn("C_T truncated 2 0.5 1.8 2.9"));
  EXPECT_GE(low, 1.8);
  EXPECT_LE(high, 2.9);
  const auto [least, most] = std::ranges::minmax(drawn("C_T uniform 1.5 2.25"));
  EXPECT_GE(least, 1.5);
  EXPECT_LE(most, 2.25);
}

TEST(VariedParameters, AreDrawnApartFromEachOther) {
  const auto first = drawn("C_T normal 2 0.25");
  EXPECT_EQ(drawn("C_T normal 2 0.25"), first);
  const auto correlation = [&](const std::vector<double>& second, double mean, double deviation) {
    double sum = 0;
    for (std::size_t i = 0; i < many; ++i) sum += (first[i] - 2) / 0.25 * (second[i] - mean) / deviation;
    return sum / many;
  };
  const double noise = 5 / std::sqrt(double(many));
  EXPECT_NEAR(correlation(drawn("C_T normal 2 0.25", 4), 2, 0.25), 0, noise);  // another seed
  EXPECT_NEAR(correlation(drawn("v normal 1 0.1"), 1, 0.1), 0, noise);         // another parameter
  std::vector<double> neighbour(first.begin() + 1, first.end());
  neighbour.push_back(first.front());
  EXPECT_NEAR(correlation(neighbour, 2, 0.25), 0, noise);
}

TEST(VariedParameters, AreGivenPerPopulationOrElement) {
  VariedElements elements = astrocytes(5);
  elements.populations = 2;
  elements.population = [](std::size_t i) { return std::size_t(i < 3 ? 0 : 1); };
  EXPECT_THAT(read_varied("v each 0.5 0.7", elements, 1).values, ElementsAre(0.5, 0.5, 0.5, 0.7, 0.7));
  const TemporaryDirectory directory;
  const auto file = directory.path() / "v.csv";
  io::write_file(file, "0.1\n0.2\n0.3\n\n0.4\n5e-1\n");
  const VariedParameter varied = read_varied("v list " + file.string(), elements, 1);
  EXPECT_THAT(varied.values, ElementsAre(0.1, 0.2, 0.3, 0.4, 0.5));
  ASSERT_TRUE(varied.parameter.has_value());
  EXPECT_STREQ(elements.model.parameters[std::size_t(*varied.parameter)].name, "v");
  EXPECT_THROW(read_varied("v list " + file.string(), astrocytes(4), 1), ConfigError);
}

TEST(VariedParameters, OutsideTheirDomainAreRefused) {
  EXPECT_THROW(drawn("C_T normal 2 1"), ConfigError);  // 2 % of it is below 0
  EXPECT_THROW(drawn("C_T truncated 2 0.01 5 6"), ConfigError);
}

}  // namespace
}  // namespace tripartite::simulation
