#include "tripartite/network/network.hpp"

#include <fmt/format.h>

#include <cmath>

#include "host/backend/cuda_factories.hpp"
#include "host/network/check.hpp"
#include "host/network/cpu_network.hpp"
#include "tripartite/error.hpp"

namespace tripartite {

void Network::advance(double duration) {
  const double steps = duration / dt();
  const double whole = std::round(steps);
  if (!(whole >= 0 && std::abs(steps - whole) <= 1e-6 * std::max(1.0, whole) && whole < 9e15))
    throw ConfigError(fmt::format("advance by {} s: expected a multiple of the step, {} s", duration, dt()));
  advance_steps(std::int64_t(whole));
}

Backend network_backend(Backend backend, integrate::Method method, bool has_projections) {
  if (!is_adaptive(method) || !has_projections) return resolve(backend);
  if (backend == Backend::cuda)
    throw ConfigError(
        fmt::format("backend cuda: networks with projections take fixed steps there, {} chooses its own; expected a "
                    "fixed method, or backend cpu",
                    to_string(method)));
  return Backend::cpu;
}

std::unique_ptr<Network> make_network(NetworkSetup setup) {
  check_setup(setup);
  const bool is_double = setup.precision == Precision::float64;
  if (network_backend(setup.backend, setup.method, !setup.projections.empty()) == Backend::cuda)
    return is_double ? make_cuda_network<double>(std::move(setup)) : make_cuda_network<float>(std::move(setup));
  return is_double ? make_cpu_network<double>(std::move(setup)) : make_cpu_network<float>(std::move(setup));
}

}  // namespace tripartite
