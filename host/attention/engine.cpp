#include "tripartite/attention/engine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/attention/setup_check.hpp"
#include "host/backend/require_memory.hpp"
#include "tripartite/error.hpp"
#include "tripartite/model/registry.hpp"
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

template <class Real>
std::size_t engine_bytes(const EngineSetup& setup) {
  const std::size_t heads = setup.maps.size();
  const std::size_t stride = (std::size_t(setup.hidden) + 15) / 16 * 16;
  const std::size_t rows = heads * std::size_t(setup.width);
  bool has_hebbian = false, has_store = false, has_rates = false;
  for (const SynapseFactors& factors : setup.factors) {
    has_hebbian = has_hebbian || !factors.hebbian.empty();
    has_store = has_store || !factors.store.empty();
    has_rates = has_rates || !factors.tau_calcium.empty();
  }
  // H, a, b, and with rates of their own these and p; what synapses have in common is small.
  const std::size_t arrays = 1 + (has_hebbian ? 1 : 0) + (has_store ? 1 : 0) + (has_rates ? 2 : 0);
  const std::size_t synapse_values = arrays * rows * stride;
  const bool has_processes = has_rates && setup.parameters.has_calcium_model();
  const std::size_t process_bytes =
      has_processes
          ? rows * std::size_t(setup.hidden) * calcium_model_of(setup.parameters).states.size() * sizeof(double)
          : 0;
  const std::size_t token_values = 4 * std::size_t(setup.tokens) * rows;
  // Trajectories of the hidden layer over one chunk, and both sides of the feature maps or the stored keys.
  const std::size_t chunk_values = std::max<std::size_t>((1 << 18) / sizeof(Real), 48 * stride);
  const std::size_t hidden_values = heads * (chunk_values + 2 * stride * std::size_t(setup.width));
  return (synapse_values + token_values + hidden_values) * sizeof(Real) + process_bytes;
}

template std::size_t engine_bytes<float>(const EngineSetup&);
template std::size_t engine_bytes<double>(const EngineSetup&);

Backend resolve_backend(Backend backend, const Parameters& parameters) {
  if (backend == Backend::automatic && parameters.has_calcium_model() && parameters.heterogeneity > 0)
    return Backend::cpu;
  return resolve(backend);
}

template <class Real>
std::unique_ptr<Engine<Real>> make_engine(Backend backend, const EngineSetup& setup, int threads) {
  check_setup(setup);
  if (resolve_backend(backend, setup.parameters) == Backend::cuda) return make_cuda_engine<Real>(setup);
  require_memory(
      fmt::format("attention network of {} heads x {} x {} synapses", setup.heads(), setup.width, setup.hidden),
      double(engine_bytes<Real>(setup)));
  return make_cpu_engine<Real>(setup, threads);
}

template std::unique_ptr<Engine<float>> make_engine<float>(Backend, const EngineSetup&, int);
template std::unique_ptr<Engine<double>> make_engine<double>(Backend, const EngineSetup&, int);

}  // namespace tripartite::attention
