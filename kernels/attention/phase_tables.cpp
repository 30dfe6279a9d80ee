#include "kernels/attention/phase_tables.hpp"

#include <algorithm>
#include <cmath>

namespace tripartite::attention::cuda {
namespace {

using integrate::LinearScheme;

/// Fills up to where a Scheme may begin.
template <class Real>
void align(std::vector<Real>& values) {
  constexpr std::size_t unit = alignof(Scheme<Real, 1>) / sizeof(Real);
  values.resize((values.size() + unit - 1) / unit * unit);
}

/// Appends schemes in the layout of Scheme<Real, stages>.
template <class Real>
void append(std::vector<Real>& values, const std::vector<LinearScheme>& schemes) {
  for (const LinearScheme& scheme : schemes) {
    for (int s = 0; s < scheme.stages; ++s) values.push_back(Real(scheme.weight[s]));
    for (int s = 0; s < scheme.stages; ++s) values.push_back(Real(scheme.stage_decay[s]));
    for (int s = 0; s < scheme.stages; ++s)
      for (int r = 0; r < scheme.stages; ++r) values.push_back(Real(scheme.stage_weight[s][r]));
    values.push_back(Real(scheme.loss));
    align(values);
  }
}

std::vector<Chunk> cut(const PhasePlan& plan, int chunk_stages, double chunk_duration) {
  std::vector<Chunk> chunks;
  const int most_panels = std::max(1, chunk_stages / plan.stages);
  std::size_t observed = 0;
  for (int panel = 0; panel < plan.panels(); ++panel) {
    const bool full = !chunks.empty() && (chunks.back().panels == most_panels || chunks.back().frames_after > 0 ||
                                          chunks.back().duration + plan.lengths[panel] > chunk_duration * (1 + 1e-9));
    if (chunks.empty() || full) chunks.push_back({.first_panel = panel});
    Chunk& chunk = chunks.back();
    ++chunk.panels;
    chunk.duration += plan.lengths[panel];
    chunk.rho_after = plan.rho_after[panel];
    for (; observed < plan.observe_after.size() && plan.observe_after[observed] == panel; ++observed)
      ++chunk.frames_after;
  }
  return chunks;
}

/// What a step's stages have of a state that decays along the chunk: so far at each stage, and over the chunk.
double decay_along(const PhasePlan& plan, const Chunk& chunk, const std::vector<LinearScheme>& schemes,
                   double* at_stage) {
  double decay = 1;
  for (int panel = chunk.first_panel; panel < chunk.first_panel + chunk.panels; ++panel) {
    const LinearScheme& scheme = schemes[plan.kind[panel]];
    for (int s = 0; s < plan.stages; ++s) at_stage[panel * plan.stages + s] = decay * scheme.stage_decay[s];
    decay *= scheme.decay;
  }
  return decay;
}

/// Weight of the drive at each stage in the state at the end of the chunk.
void weight_along(const PhasePlan& plan, const Chunk& chunk, const std::vector<LinearScheme>& schemes,
                  double* at_stage) {
  double decay = 1;
  for (int panel = chunk.first_panel + chunk.panels - 1; panel >= chunk.first_panel; --panel) {
    const LinearScheme& scheme = schemes[plan.kind[panel]];
    for (int s = 0; s < plan.stages; ++s) at_stage[panel * plan.stages + s] = decay * scheme.weight[s];
    decay *= scheme.decay;
  }
}

/// As first_relevant_panel of the plan, for the end of a chunk.
int first_read_panel(const PhasePlan& plan, const Chunk& chunk, double tau_output) {
  double after = 0;
  for (int panel = chunk.panels - 1; panel >= 0; --panel) {
    if (after >= 30 * tau_output * (1 - 1e-9)) return panel + 1;
    after += plan.lengths[chunk.first_panel + panel];
  }
  return 0;
}

}  // namespace

template <class Real>
PhaseTables<Real>::PhaseTables(const PhasePlan& plan, const Parameters& parameters, int chunk_stages,
                               double chunk_duration, cudaStream_t stream)
    : stages_(plan.stages),
      kinds_(int(plan.hidden.size())),
      step_(plan.lengths.empty() ? Real(0) : Real(plan.lengths.front())),
      chunks_(cut(plan, chunk_stages, chunk_duration)),
      kind_(plan.kind.size()),
      lengths_(plan.lengths.size()) {
  const bool exact = parameters.solver == Solver::exact;
  const std::size_t count = std::size_t(plan.panels()) * stages_;
  std::vector<double> hebbian_weight(count), store_decay(count), read_weight(count), hebbian_decay(count),
      elapsed(count);
  const auto stage_time = integrate::stage_times(integrate::LinearMethod::collocation);
  for (Chunk& chunk : chunks_) {
    weight_along(plan, chunk, plan.hebbian, hebbian_weight.data());
    weight_along(plan, chunk, plan.output, read_weight.data());
    chunk.hebbian_decay = decay_along(plan, chunk, plan.hebbian, hebbian_decay.data());
    chunk.store_decay = decay_along(plan, chunk, plan.store, store_decay.data());
    chunk.output_decay = 1;
    for (int panel = chunk.first_panel; panel < chunk.first_panel + chunk.panels; ++panel)
      chunk.output_decay *= plan.output[plan.kind[panel]].decay;
    if (!exact) continue;
    chunk.first_read_panel = first_read_panel(plan, chunk, parameters.tau_output);
    double time = 0;
    for (int panel = chunk.first_panel; panel < chunk.first_panel + chunk.panels; time += plan.lengths[panel], ++panel)
      for (int s = 0; s < stages_; ++s) elapsed[panel * stages_ + s] = time + stage_time[s] * plan.lengths[panel];
  }
  for (std::size_t stage = 0; stage < count; ++stage) read_weight[stage] *= hebbian_decay[stage];

  std::vector<Real> values;
  const auto begin_schemes = [&](const std::vector<LinearScheme>& schemes) {
    align(values);
    const std::size_t begin = values.size();
    append(values, schemes);
    return begin;
  };
  const auto begin_stages = [&](const std::vector<double>& table) {
    const std::size_t begin = values.size();
    for (const double value : table) values.push_back(Real(value));
    return begin;
  };
  hidden_ = begin_schemes(plan.hidden);
  output_ = begin_schemes(plan.output);
  store_ = begin_schemes(plan.store);
  calcium_ = values.size();
  for (const auto& node : plan.calcium) append(values, node);
  rho_ = begin_stages(plan.rho);
  std::vector<double> border{1}, span;
  border.insert(border.end(), plan.rho_after.begin(), plan.rho_after.end());
  for (const double length : plan.lengths) span.push_back(length / parameters.tau_input);
  border_ = begin_stages(border);
  span_ = begin_stages(span);
  hebbian_weight_ = begin_stages(hebbian_weight);
  store_decay_ = begin_stages(store_decay);
  read_weight_ = begin_stages(read_weight);
  elapsed_ = begin_stages(elapsed);
  values_ = DeviceBuffer<Real>(values.size());
  values_.upload(values, 0, stream);
  kind_.upload(plan.kind, 0, stream);
  lengths_.upload(plan.lengths, 0, stream);
}

std::vector<double> chebyshev_transform(int nodes) {
  std::vector<double> transform(std::size_t(nodes) * nodes);
  for (int k = 0; k < nodes; ++k)
    for (int node = 0; node < nodes; ++node)
      transform[std::size_t(k) * nodes + node] =
          (k == 0 ? 1.0 : 2.0) / nodes * std::cos(M_PI * k * (node + 0.5) / nodes);
  return transform;
}

template class PhaseTables<float>;
template class PhaseTables<double>;

}  // namespace tripartite::attention::cuda
