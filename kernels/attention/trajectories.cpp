#include "kernels/attention/trajectories.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/attention/phase_tables.hpp"
#include "kernels/attention/read.hpp"
#include "kernels/cuda_check.hpp"
#include "tripartite/attention/phase_plan.hpp"

namespace tripartite::attention::cuda {
namespace {

// Sums over a chunk start at 0: in float32 sums of sums keep more digits than one long sum.
constexpr int most_stages = 512;
constexpr int exact_stages = 480;  // 40 graded panels of 12 stages: a whole phase at the default schedule

bool has_processes(const Parameters& parameters) { return parameters.has_calcium_model(); }
bool is_exact(const Parameters& parameters) { return parameters.solver == Solver::exact; }

/// Bytes for all that has a value per stage: a thirty-second of the device, however much of it is free, so that equal
/// devices cut phases alike.
std::size_t budget() {
  std::size_t available = 0, total = 0;
  TRIPARTITE_CUDA_TRY(cudaMemGetInfo(&available, &total));
  return std::max(total / 32, std::size_t(64) << 20);
}

/// Values per stage.
std::size_t stage_values(const Shape& shape, const Parameters& parameters, CalciumRange rates, std::size_t nodes) {
  std::size_t of_astrocytes = 1;  // the global calcium
  if (!rates.is_of_synapses) of_astrocytes += has_processes(parameters) ? 2 : 1;
  if (rates.is_of_synapses && is_exact(parameters)) of_astrocytes += 2 * nodes;
  return shape.heads + 2 * shape.hidden_neurons() + shape.output_neurons() + of_astrocytes * shape.all_astrocytes();
}

/// Whole panels: what the longest phase needs, as far as the budget goes, and at least one.
template <class Real>
int stages_that_fit(Shape shape, int all_heads, const Parameters& parameters, CalciumRange rates, std::size_t nodes) {
  shape.heads = all_heads;
  const int per_panel = integrate::stages_of(method_of(parameters.solver));
  double wanted = exact_stages;
  if (!is_exact(parameters))
    wanted = std::min(double(most_stages), std::ceil(longest_phase(parameters) / parameters.dt + 1) * per_panel);
  const std::size_t affordable = budget() / (stage_values(shape, parameters, rates, nodes) * sizeof(Real));
  const int stages = int(std::min(std::size_t(wanted), affordable)) / per_panel * per_panel;
  return std::max(stages, per_panel);
}

}  // namespace

double longest_phase(const Parameters& parameters) {
  return std::max({parameters.settle_time, parameters.write_time, parameters.delay_time, parameters.read_time});
}

template <class Real>
std::vector<double> response_rates(const Parameters& parameters, CalciumRange rates) {
  if (!is_exact(parameters) || has_processes(parameters)) return {1 / parameters.tau_calcium};
  return calcium_nodes(rates.low, rates.high, response_accuracy<Real>);
}

template std::vector<double> response_rates<float>(const Parameters&, CalciumRange);
template std::vector<double> response_rates<double>(const Parameters&, CalciumRange);

template <class Real>
Trajectories<Real>::Trajectories(const Shape& shape, int all_heads, const Parameters& parameters, CalciumRange rates,
                                 cudaStream_t stream) {
  nodes.count = int(response_rates<Real>(parameters, rates).size());
  nodes.log_center = Real(0.5 * std::log(rates.low * rates.high));
  if (nodes.count > 1) nodes.inverse_half_width = Real(2 / std::log(rates.high / rates.low));
  stages = stages_that_fit<Real>(shape, all_heads, parameters, rates, nodes.count);

  const auto allocate = [](DeviceBuffer<Real>& buffer, std::size_t size) { buffer = DeviceBuffer<Real>(size); };
  const std::size_t count = stages;
  allocate(level, shape.hidden_neurons());
  allocate(change, shape.hidden_neurons());
  allocate(score, 3 * std::size_t(shape.heads));
  allocate(shift, count * shape.heads);
  allocate(hidden_stages, count * shape.hidden_neurons());
  allocate(deposit_stages, count * shape.hidden_neurons());
  allocate(deposit, shape.hidden_neurons());
  allocate(output_stages, count * shape.output_neurons());
  allocate(global_calcium, count * shape.all_astrocytes());
  allocate(partial, read_partials(shape.hidden) * shape.output_neurons());
  if (!rates.is_of_synapses) {
    allocate(gain, count * shape.all_astrocytes());
    allocate(responses, shape.all_astrocytes() * shape.hidden);
    if (has_processes(parameters)) allocate(series, (count + 1) * shape.all_astrocytes());
    return;
  }
  if (!is_exact(parameters)) return;
  allocate(response_values, (count + 1) * shape.all_astrocytes() * nodes.count);
  allocate(series, series_stride(stages + 1) * shape.all_astrocytes() * nodes.count);
  const std::vector<double> matrix = chebyshev_transform(nodes.count);
  allocate(transform, matrix.size());
  transform.upload(std::vector<Real>(matrix.begin(), matrix.end()), 0, stream);
}

template <class Real>
std::size_t Trajectories<Real>::bytes(const Shape& shape, int all_heads, const Parameters& parameters,
                                      CalciumRange rates) {
  const std::size_t nodes = response_rates<Real>(parameters, rates).size();
  const std::size_t stages = stages_that_fit<Real>(shape, all_heads, parameters, rates, nodes);
  std::size_t values = stages * stage_values(shape, parameters, rates, nodes);
  values += 3 * shape.hidden_neurons() + 3 * std::size_t(shape.heads);
  values += read_partials(shape.hidden) * shape.output_neurons();
  if (!rates.is_of_synapses)
    values += shape.all_astrocytes() * (shape.hidden + (has_processes(parameters) ? 1 : 0));
  else if (is_exact(parameters))
    values += (1 + series_stride(stages + 1) - stages) * nodes * shape.all_astrocytes() + nodes * nodes;
  return values * sizeof(Real);
}

template struct Trajectories<float>;
template struct Trajectories<double>;

}  // namespace tripartite::attention::cuda
