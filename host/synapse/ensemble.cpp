#include "tripartite/synapse/ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/synapse/cpu_ensemble.hpp"
#include "host/backend/cuda_factories.hpp"
#include "tripartite/error.hpp"

namespace tripartite::synapse {

std::size_t ensemble_bytes(const EnsembleSetup& setup, Precision precision) {
  const std::size_t arrays = std::size_t(state_count) + setup.varied.size() + (setup.rate_factor.empty() ? 0 : 1) +
                             (is_adaptive(setup.solver) || setup.calcium_every > 1 ? 1 : 0);
  return (setup.synapses + padding) * arrays * (precision == Precision::float64 ? 8 : 4);
}

namespace {

void require(bool condition, const char* key, double value, const char* expected) {
  if (!condition) throw ConfigError(fmt::format("{} = {}: must be {}", key, value, expected));
}

void check_number(const ParameterInfo& info, double value) {
  const bool is_right = std::isfinite(value) && (info.is_positive ? value > 0 : value >= 0);
  if (!is_right)
    throw ConfigError(fmt::format("{} = {}: must be {} 0", info.name, value, info.is_positive ? ">" : ">="));
}

}  // namespace

void check_setup(const EnsembleSetup& setup) {
  require(setup.dt > 0 && std::isfinite(setup.dt), "dt", setup.dt, "> 0");
  require(setup.substeps >= 1 && setup.substeps <= 1000, "substeps", setup.substeps, "from 1 to 1000");
  require(setup.calcium_every >= 1 && setup.calcium_every <= 1000, "calcium_every", setup.calcium_every,
          "from 1 to 1000");
  require(setup.calcium_every == 1 || !is_adaptive(setup.solver), "calcium_every", setup.calcium_every,
          "1 for a solver that chooses its steps");
  require(setup.relative_tolerance > 0 && setup.absolute_tolerance > 0, "tolerance",
          std::min(setup.relative_tolerance, setup.absolute_tolerance), "> 0");
  for (int i = 0; i < parameter_count; ++i)
    check_number(parameter_infos[i], setup.parameters.*parameter_members<double>[i]);
  for (const Varied& varied : setup.varied) {
    const ParameterInfo& info = parameter_infos[varied.parameter];
    if (varied.values.size() != setup.synapses)
      throw ConfigError(fmt::format("{}: {} values for {} synapses", info.name, varied.values.size(), setup.synapses));
    for (const double value : varied.values) check_number(info, value);
  }
  if (!setup.rate_factor.empty() && setup.rate_factor.size() != setup.synapses)
    throw ConfigError(fmt::format("rate factors: {} values for {} synapses", setup.rate_factor.size(), setup.synapses));
}

template <class Real>
std::unique_ptr<Ensemble<Real>> make_ensemble(Backend backend, EnsembleSetup setup) {
  check_setup(setup);
  if (resolve(backend) == Backend::cuda) return make_cuda_ensemble<Real>(std::move(setup));
  return make_cpu_ensemble<Real>(std::move(setup));
}

template std::unique_ptr<Ensemble<float>> make_ensemble(Backend, EnsembleSetup);
template std::unique_ptr<Ensemble<double>> make_ensemble(Backend, EnsembleSetup);

}  // namespace tripartite::synapse
