#include "attention/network_cases.hpp"

#include <cmath>
#include <random>

namespace tripartite::tests {

using attention::Feature;

namespace {

std::vector<double> normal(std::size_t size, double spread, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> draw(0, spread);
  std::vector<double> values(size);
  for (double& value : values) value = draw(random);
  return values;
}

attention::FeatureSide every_term(int width, int hidden, std::uint64_t seed) {
  const std::size_t d = width;
  return {.projection = normal(hidden * d, 1 / std::sqrt(double(d)), seed),
          .offset = normal(hidden, 0.3, seed + 1),
          .norm = normal(d * d, 1 / double(d), seed + 2),
          .norm_offset = normal(d, 0.3, seed + 3),
          .linear = normal(d, 0.2, seed + 4),
          .constant = 0.4};
}

}  // namespace

attention::Parameters brisk_parameters(attention::Solver solver) {
  attention::Parameters parameters;
  parameters.solver = solver;
  parameters.tau_input = 0.004;
  parameters.tau_hidden = 0.003;
  parameters.tau_output = 0.005;
  parameters.tau_calcium = 0.008;
  parameters.settle_time = 0.005;
  parameters.write_time = 0.012;
  parameters.delay_time = 0.004;
  parameters.read_time = 0.017;
  parameters.dt = 0.001;
  return parameters;
}

attention::EngineSetup make_setup(const NetworkCase& network) {
  attention::EngineSetup setup;
  setup.width = network.width;
  setup.hidden = network.hidden;
  setup.tokens = network.tokens;
  setup.parameters = network.parameters;
  for (int head = 0; head < network.heads; ++head) {
    const std::size_t tokens = 20;
    const std::vector<double> query = normal(tokens * network.width, 0.8, network.seed + 100 + head);
    const std::vector<double> key = normal(tokens * network.width, 0.7, network.seed + 200 + head);
    if (network.every_term) {
      setup.maps.push_back({.activation = attention::Activation::exponential,
                            .width = network.width,
                            .hidden = network.hidden,
                            .key = every_term(network.width, network.hidden, network.seed + 1000 + 20 * head),
                            .query = every_term(network.width, network.hidden, network.seed + 1010 + 20 * head)});
    } else {
      setup.maps.push_back(attention::make_feature_map(network.feature, network.width, network.hidden, network.seed,
                                                       head, {query, key, int(tokens)}));
    }
    setup.factors.push_back(attention::draw_factors(network.parameters, network.width, network.hidden, head));
  }
  return setup;
}

std::vector<double> draw_tokens(const NetworkCase& network, std::uint64_t stream, double spread) {
  return normal(std::size_t(network.tokens) * network.heads * network.width, spread, network.seed + 10 + stream);
}

}  // namespace tripartite::tests
