#include "host/transformer/activation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace tripartite::transformer {
namespace {

// Written independently from the definitions, in long double.
using Wide = long double;
Wide phi(Wide x) { return std::erfc(-x / std::sqrt(Wide(2))) / 2; }
Wide logistic(Wide x) { return 1 / (1 + std::exp(-x)); }
Wide gelu_tanh(Wide x) {
  return x / 2 * (1 + std::tanh(std::sqrt(2 / std::acos(Wide(-1))) * (x + Wide(0.044715L) * std::pow(x, 3))));
}

const std::map<std::string, Wide (*)(Wide)> definitions{
    {"gelu", [](Wide x) { return x * phi(x); }},
    {"gelu_python", [](Wide x) { return x * phi(x); }},
    {"gelu_new", gelu_tanh},
    {"gelu_fast", gelu_tanh},
    {"gelu_pytorch_tanh", gelu_tanh},
    {"quick_gelu", [](Wide x) { return x * logistic(1.702L * x); }},
    {"gelu_10", [](Wide x) { return std::min(x * phi(x), Wide(10)); }},
    {"relu", [](Wide x) { return x > 0 ? x : 0; }},
    {"relu6", [](Wide x) { return x > 6   ? Wide(6)
                                  : x > 0 ? x
                                          : 0; }},
    {"relu2", [](Wide x) { return x > 0 ? x * x : 0; }},
    {"silu", [](Wide x) { return x * logistic(x); }},
    {"swish", [](Wide x) { return x * logistic(x); }},
    {"mish", [](Wide x) { return x * std::tanh(std::log1p(std::exp(x))); }},
    {"tanh", [](Wide x) { return std::tanh(x); }},
    {"sigmoid", logistic},
    {"linear", [](Wide x) { return x; }},
};

TEST(Activation, MatchesItsDefinition) {
  EXPECT_EQ(activation_names().size(), definitions.size());
  for (const auto& [name, definition] : definitions) {
    ASSERT_NE(find_activation<double>(name), nullptr) << name;
    std::vector<double> twofold;
    for (double x = -30; x <= 30; x += 0.125) twofold.push_back(x);
    std::vector<float> single(twofold.begin(), twofold.end());
    const std::vector<double> arguments = twofold;
    find_activation<double>(name)(twofold.data(), twofold.data() + twofold.size());
    find_activation<float>(name)(single.data(), single.data() + single.size());
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const auto expected = double(definition(arguments[i]));
      // 1 + erf and 1 + tanh cancel at negative arguments, so the error is relative to |x|, not to the value
      const double scale = std::max(std::abs(arguments[i]), std::abs(expected)) + 1;
      EXPECT_NEAR(twofold[i], expected, 1e-15 * scale) << name << "(" << arguments[i] << ")";
      EXPECT_NEAR(single[i], expected, 4e-7 * scale) << name << "(" << arguments[i] << ")";
    }
  }
}

TEST(Activation, PropagatesNaN) {
  for (const std::string& name : activation_names()) {
    double value = NAN;
    find_activation<double>(name)(&value, &value + 1);
    EXPECT_TRUE(std::isnan(value)) << name;
  }
}

TEST(Activation, IsNullForAnUnknownName) { EXPECT_EQ(find_activation<float>("glu"), nullptr); }

}  // namespace
}  // namespace tripartite::transformer
