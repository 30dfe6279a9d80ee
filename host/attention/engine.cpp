#include "tripartite/attention/engine.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "host/attention/setup_check.hpp"
#include "tripartite/error.hpp"
#include "tripartite/random/philox.hpp"

namespace tripartite::attention {

SynapseFactors draw_factors(const Parameters& parameters, int width, int hidden, std::uint64_t stream) {
  SynapseFactors factors;
  if (parameters.heterogeneity == 0) return factors;
  // Streams above 2^62 keep clear of the feature matrices' streams under the same seed.
  const random::Philox philox{parameters.seed};
  const std::uint64_t base = (std::uint64_t(1) << 62) + 4 * stream;
  const std::size_t synapses = std::size_t(width) * std::size_t(hidden);
  const auto draw = [&](std::uint64_t kind, double mean) {
    std::vector<double> values(synapses);
    for (std::size_t synapse = 0; synapse < synapses; ++synapse)
      values[synapse] =
          mean * random::log_normal_mean_one(philox.normal(synapse, base + kind), parameters.heterogeneity);
    return values;
  };
  factors.hebbian = draw(0, 1);
  factors.store = draw(1, 1);
  factors.tau_calcium = draw(2, parameters.tau_calcium);
  return factors;
}

void check_setup(const EngineSetup& setup) {
  const auto require = [](bool fine, const std::string& message) {
    if (!fine) throw ConfigError(message);
  };
  require(setup.heads() > 0 && setup.width > 0 && setup.hidden > 0 && setup.tokens > 0,
          "attention engine: heads, width, hidden neurons and tokens must be positive");
  require(setup.factors.empty() || setup.factors.size() == setup.maps.size(),
          "attention engine: one set of synapse factors per head expected");
  const Parameters& parameters = setup.parameters;
  require(parameters.astrocytes >= 1 && parameters.astrocytes <= setup.width,
          "astrocyte.domains = " + std::to_string(parameters.astrocytes) + ": must be in [1, " +
              std::to_string(setup.width) + "], the number of rows that astrocytes can own in a head");
  const std::size_t synapses = std::size_t(setup.width) * std::size_t(setup.hidden);
  for (const FeatureMap& map : setup.maps) {
    require(map.width == setup.width && map.hidden == setup.hidden,
            "attention engine: a feature map has another shape than its head");
    require(map.activation != Activation::slots || setup.hidden >= setup.tokens,
            "features.m = " + std::to_string(setup.hidden) + ": slots need one hidden neuron per token, at least " +
                std::to_string(setup.tokens));
  }
  for (const SynapseFactors& factors : setup.factors)
    for (const auto* values : {&factors.hebbian, &factors.store, &factors.tau_calcium})
      require(values->empty() || values->size() == synapses, "attention engine: synapse factors have the wrong size");
}

template <class Real>
std::size_t engine_bytes(const EngineSetup& setup) {
  const std::size_t heads = setup.maps.size();
  const std::size_t stride = (std::size_t(setup.hidden) + 15) / 16 * 16;
  const std::size_t rows = heads * std::size_t(setup.width);
  std::size_t arrays = 3;  // H, g, p
  for (const SynapseFactors& factors : setup.factors)
    if (!factors.hebbian.empty() || !factors.store.empty() || !factors.tau_calcium.empty()) arrays = 6;
  const std::size_t synapse_values = arrays * rows * stride;
  const std::size_t token_values = 4 * std::size_t(setup.tokens) * rows;
  // Trajectories of the hidden layer over one chunk, and both sides of the feature maps.
  const std::size_t hidden_values = heads * stride * (1024 + 2 * std::size_t(setup.width));
  return (synapse_values + token_values + hidden_values) * sizeof(Real);
}

template std::size_t engine_bytes<float>(const EngineSetup&);
template std::size_t engine_bytes<double>(const EngineSetup&);

template <class Real>
std::unique_ptr<Engine<Real>> make_engine(Backend backend, const EngineSetup& setup, int threads) {
  check_setup(setup);
  if (resolve(backend) == Backend::cuda) return make_cuda_engine<Real>(setup);
  const std::size_t needed = engine_bytes<Real>(setup), available = available_host_memory();
  if (needed > available)
    throw MemoryError("attention network of " + std::to_string(setup.heads()) + " heads x " +
                      std::to_string(setup.width) + " x " + std::to_string(setup.hidden) + " synapses: needs " +
                      std::to_string(needed) + " bytes, available are " + std::to_string(available));
  return make_cpu_engine<Real>(setup, threads);
}

template std::unique_ptr<Engine<float>> make_engine<float>(Backend, const EngineSetup&, int);
template std::unique_ptr<Engine<double>> make_engine<double>(Backend, const EngineSetup&, int);

}  // namespace tripartite::attention
