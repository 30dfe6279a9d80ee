#include "attention/network_cases.hpp"

#include <cmath>
#include <ostream>
#include <random>
#include <tuple>
#include <utility>

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
  parameters.calcium_floor = 0.02;  // large enough for its omission to be noticed
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
    // Unless gentle_calcium is set: so far from rest, and so strongly driven, that every nonlinearity matters and p
    // reaches its minimum.
    if (network.parameters.has_calcium_model())
      setup.processes.push_back({.production = (network.gentle_calcium ? 0.02 : 0.2) + 0.1 * head,
                                 .gain = 30,
                                 .rest = network.gentle_calcium ? 0.01 : 0.08,
                                 .least = 0.15,
                                 .initial = {0.2, 0.07 + 0.01 * head, 0.7}});
    setup.factors.push_back(attention::draw_factors(network.parameters, network.width, network.hidden, head));
  }
  return setup;
}

std::vector<double> draw_tokens(const NetworkCase& network, std::uint64_t stream, double spread) {
  return normal(std::size_t(network.tokens) * network.heads * network.width, spread, network.seed + 10 + stream);
}

std::vector<NetworkCase> engine_cases() {
  std::vector<NetworkCase> list;
  for (const auto& [solver, label] :
       {std::pair(attention::Solver::exponential_euler, "exponential_euler"),
        std::pair(attention::Solver::euler, "euler"), std::pair(attention::Solver::rk4, "rk4"),
        std::pair(attention::Solver::exact, "exact")}) {
    const std::string prefix = std::string(label) + "_";
    const attention::Parameters plain = brisk_parameters(solver);
    attention::Parameters rich = plain;
    rich.heterogeneity = 0.3;
    rich.astrocytes = 3;
    rich.decay_hebbian = 4;
    rich.decay_store = 7;
    list.push_back({prefix + "elu1_7", Feature::elu1, 3, 7, 7, 3, false, false, false, false, plain});
    list.push_back({prefix + "relu_33x31_causal", Feature::relu, 1, 33, 31, 2, true, false, false, false, plain});
    list.push_back({prefix + "favor_1x1", Feature::favor, 1, 1, 1, 2, false, false, false, false, plain});
    list.push_back({prefix + "favor_7x1", Feature::favor, 2, 7, 1, 2, true, false, false, false, plain});
    list.push_back({prefix + "favor_1x31", Feature::favor, 2, 1, 31, 2, false, true, false, false, plain});
    list.push_back({prefix + "favor_rich_33x100", Feature::favor, 1, 33, 100, 1, false, false, false, false, rich});
    list.push_back({prefix + "favor_rich_32x33", Feature::favor, 3, 32, 33, 2, true, true, false, false, rich});
    list.push_back({prefix + "slots_7x33", Feature::slots, 3, 7, 33, 3, true, false, false, false, plain});
    list.push_back({prefix + "slots_rich_8x31", Feature::slots, 1, 8, 31, 3, false, true, false, false, rich});
    list.push_back({prefix + "sharp_7x100", Feature::favor_sharp, 1, 7, 100, 2, false, false, false, false, plain});
    list.push_back({prefix + "balanced_8x31", Feature::favor_balanced, 3, 8, 31, 2, false, false, false, false, plain});
    list.push_back({prefix + "every_term_7x33", Feature::favor, 3, 7, 33, 2, false, true, true, false, rich});
    attention::Parameters divided = plain;
    divided.astrocytes = 4;
    list.push_back({prefix + "domains_9x33", Feature::relu, 2, 9, 33, 2, true, false, false, false, divided});
    list.push_back({prefix + "domains_37x31", Feature::relu, 1, 37, 31, 1, true, false, false, false, divided});
    list.push_back(
        {prefix + "several_blocks_64x257", Feature::favor, 1, 64, 257, 1, false, false, false, false, plain});
  }
  return list;
}

std::vector<NetworkCase> large_cases() {
  std::vector<NetworkCase> list;
  for (const auto& [solver, label] :
       {std::pair(attention::Solver::exponential_euler, "exponential_euler"), std::pair(attention::Solver::rk4, "rk4"),
        std::pair(attention::Solver::exact, "exact")}) {
    const std::string prefix = std::string(label) + "_";
    const attention::Parameters plain = brisk_parameters(solver);
    attention::Parameters uneven = plain, crowded = plain;
    uneven.heterogeneity = 0.3;
    crowded.astrocytes = 131;
    list.push_back({prefix + "wide_137x5", Feature::favor, 1, 137, 5, 1, false, false, false, false, plain});
    list.push_back({prefix + "slots_wide_137x4", Feature::slots, 1, 137, 4, 2, true, false, false, false, plain});
    list.push_back({prefix + "long_1x1030", Feature::relu, 1, 1, 1030, 1, false, false, false, false, plain});
    list.push_back({prefix + "uneven_long_1x530", Feature::relu, 1, 1, 530, 1, false, false, false, false, uneven});
    list.push_back({prefix + "astrocytes_131x3", Feature::relu, 1, 131, 3, 1, false, false, false, false, crowded});
  }
  return list;
}

std::vector<NetworkCase> calcium_cases() {
  std::vector<NetworkCase> list;
  for (const auto& [solver, label] :
       {std::pair(attention::Solver::exponential_euler, "exponential_euler"),
        std::pair(attention::Solver::euler, "euler"), std::pair(attention::Solver::rk4, "rk4")})
    for (const char* model : {"li_rinzel", "gchi"}) {
      attention::Parameters plain = brisk_parameters(solver);
      plain.calcium_model = model;
      plain.calcium_speed = 40;
      plain.astrocytes = 2;
      attention::Parameters rich = plain;
      rich.heterogeneity = 0.3;
      rich.decay_store = 7;
      const std::string prefix = std::string(label) + "_" + model;
      list.push_back({prefix + "_elu1_7", Feature::elu1, 3, 7, 7, 3, false, true, false, false, plain});
      list.push_back({prefix + "_slots_8x31", Feature::slots, 2, 8, 31, 3, true, false, false, false, plain});
      list.push_back({prefix + "_rich_favor_7x33", Feature::favor, 2, 7, 33, 3, true, false, false, false, rich});
    }
  return list;
}

std::vector<NetworkCase> large_calcium_cases() {
  attention::Parameters parameters = brisk_parameters(attention::Solver::rk4);
  parameters.calcium_model = "li_rinzel";
  parameters.calcium_speed = 40;
  parameters.astrocytes = 37;
  return {{"rk4_li_rinzel_37x3", Feature::relu, 1, 37, 3, 1, false, false, false, false, parameters}};
}

std::vector<NetworkCase> long_cases() {
  std::vector<NetworkCase> list;
  for (const auto& [solver, label, duration] :
       {std::tuple(attention::Solver::exponential_euler, "exponential_euler", 0.6),
        std::tuple(attention::Solver::euler, "euler", 0.6), std::tuple(attention::Solver::rk4, "rk4", 0.15),
        std::tuple(attention::Solver::exact, "exact", 1.2)}) {
    attention::Parameters lengthy = brisk_parameters(solver);
    lengthy.heterogeneity = 0.3;
    lengthy.decay_hebbian = 4;
    lengthy.decay_store = 7;
    lengthy.read_time = lengthy.settle_time = duration;
    list.push_back({std::string(label) + "_long", Feature::favor, 1, 2, 5, 2, false, false, false, false, lengthy});
  }
  return list;
}

std::string case_name(const testing::TestParamInfo<NetworkCase>& info) { return info.param.name; }

void PrintTo(const NetworkCase& network, std::ostream* out) { *out << network.name; }

}  // namespace tripartite::tests
