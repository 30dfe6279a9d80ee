#include "host/report/attend/residue.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tripartite/attention/network_attention.hpp"

namespace tripartite::report::attend {
namespace {

TEST(Residue, HasTheClosedFormOfOneAndOfTwoFilters) {
  for (const double time : {0.0, 0.01, 0.05, 0.2}) {
    EXPECT_NEAR(residue(std::vector{0.05}, time) / std::exp(-time / 0.05), 1, 1e-7);
    EXPECT_NEAR(residue(std::vector{0.01, 0.01}, time) / ((1 + time / 0.01) * std::exp(-time / 0.01)), 1, 1e-6);
  }
  // Its integral is -τ (2 + t/τ) e^(-t/τ).
  const auto integral = [](double t) { return -0.01 * (2 + t / 0.01) * std::exp(-t / 0.01); };
  EXPECT_NEAR(mean_residue(std::vector{0.01, 0.01}, 0.1, 0.2) / ((integral(0.2) - integral(0.1)) / 0.1), 1, 1e-6);
}

/// One head of one channel, features elu(u) + 1, two tokens: writes of both, then reads of both.
class TwoTokens : public attention::NetworkObserver {
 public:
  void run(attention::Field field, std::vector<double> query, std::vector<double> key, std::vector<double> value) {
    attention::NetworkOptions options;
    options.parameters = parameters;
    options.feature = attention::Feature::elu1;
    options.backend = Backend::cpu;
    options.recordings = {{.layer = 0, .interval = 0.005, .until = 1e300, .probes = {{field, 0, 0}}}};
    attention::NetworkAttention<double> network(
        {.layers = 1, .heads = 1, .head_size = 1, .max_tokens = 2, .causal = false}, options, this);
    std::vector<double> context(2);
    network.attend(0, 0, 2, query.data(), key.data(), value.data(), context.data());
  }
  void advanced(int, attention::Phase, int, double, double) override {}
  void recorded(int, std::span<const double> at, std::span<const double> seen) override {
    times.insert(times.end(), at.begin(), at.end());
    values.insert(values.end(), seen.begin(), seen.end());
  }
  double at(double time) const {
    for (std::size_t i = 0; i < times.size(); ++i)
      if (std::abs(times[i] - time) < 1e-6) return values[i];
    return std::nan("");
  }

  attention::Parameters parameters;
  std::vector<double> times, values;
};

TEST(Residue, IsWhatASecondWriteDepositsOfTheFirstToken) {
  for (const double settle : {0.03, 0.1}) {
    TwoTokens tokens;
    tokens.parameters.settle_time = settle;
    tokens.parameters.write_time = 0.2;
    // φ(0) = 1 for both keys; the second value is 0: what H gains in the second write is left of the first value, 1.
    tokens.run(attention::Field::hebbian, {0, 0}, {0, 0}, {1, 0});
    const double gained = tokens.at(2 * (settle + 0.2)) - tokens.at(settle + 0.2);
    const double law = mean_residue(std::vector{0.01, 0.01}, settle, settle + 0.2);
    EXPECT_NEAR(gained / law, 1, 1e-4) << "settle " << settle;
  }
}

TEST(Residue, IsWhatCalciumHoldsOfTheTokenReadBefore) {
  TwoTokens tokens;
  tokens.parameters.read_time = 2;
  // elu(u) + 1 is linear for positive u: the normaliser follows the query through the same filters.
  tokens.run(attention::Field::calcium, {0, 3}, {0, 0}, {1, 1});
  const double begin = 0.4 + 2, first = tokens.at(begin), second = tokens.at(begin + 2);
  ASSERT_GT(second, 2 * first);
  for (const double time : {0.1, 0.25, 0.5}) {
    const double left = (tokens.at(begin + time) - second) / (first - second);
    EXPECT_NEAR(left / residue(std::vector{0.01, 0.01, 0.05}, time), 1, 1e-4) << time << " s";
  }
}

}  // namespace
}  // namespace tripartite::report::attend
