#include "host/attention/cpu_plan.hpp"

#include <algorithm>
#include <utility>

namespace tripartite::attention::cpu {
namespace {

template <class Real>
std::vector<Scheme<Real>> narrowed(const std::vector<integrate::LinearScheme>& from) {
  std::vector<Scheme<Real>> all;
  for (const integrate::LinearScheme& wide : from) {
    Scheme<Real> to{};
    to.loss = Real(wide.loss);
    to.decay = Real(wide.decay);
    for (int s = 0; s < wide.stages; ++s) {
      to.weight[s] = Real(wide.weight[s]);
      to.stage_decay[s] = Real(wide.stage_decay[s]);
      for (int r = 0; r < wide.stages; ++r) to.stage_weight[s][r] = Real(wide.stage_weight[s][r]);
    }
    all.push_back(to);
  }
  return all;
}

template <class Real>
Span<Real> span_of(const std::vector<integrate::LinearScheme>& schemes, const int* kind, int panels, int stages) {
  Span<Real> span;
  double left = 1;
  double loss = 0;
  for (int panel = 0; panel < panels; ++panel) {
    const integrate::LinearScheme& scheme = schemes[std::size_t(kind[panel])];
    for (int s = 0; s < stages; ++s) span.left.push_back(Real(left * scheme.stage_decay[s]));
    left *= scheme.decay;
    loss += scheme.loss * (1 - loss);  // 1 - left would lose the digits of a small loss
  }
  span.loss = Real(loss);
  span.weight.resize(span.left.size());
  double later = 1;
  for (int panel = panels - 1; panel >= 0; --panel) {
    const integrate::LinearScheme& scheme = schemes[std::size_t(kind[panel])];
    for (int s = 0; s < stages; ++s) span.weight[std::size_t(panel) * stages + s] = Real(scheme.weight[s] * later);
    later *= scheme.decay;
  }
  return span;
}

/// Panels whose trajectory stays in a second-level cache while all rows of a head pass over it.
int fitting_panels(std::size_t bytes_per_stage, int stages) {
  constexpr std::size_t cache = 1 << 18;
  return std::clamp(int(cache / (bytes_per_stage * std::size_t(stages))), 4, 256);
}

}  // namespace

template <class Real>
Plan<Real>::Plan(PhasePlan plan, const Parameters& parameters, int stride)
    : time(std::move(plan)), moments(panel_moments<Real>()) {
  rho.assign(time.rho.begin(), time.rho.end());
  border = {1};
  border.insert(border.end(), time.rho_after.begin(), time.rho_after.end());
  for (const double length : time.lengths) span.push_back(Real(length / parameters.tau_input));
  hidden = narrowed<Real>(time.hidden);
  output = narrowed<Real>(time.output);
  store = narrowed<Real>(time.store);
  for (const auto& node : time.calcium) calcium.push_back(narrowed<Real>(node));

  // The exact solver need not know the currents that l has forgotten at its sample; whoever observes wants them all.
  const bool skips = parameters.solver == Solver::exact && is_read() && time.observe_after.empty();
  const int window = skips ? first_relevant_panel(time, parameters.tau_output) : 0;
  const int fitting = fitting_panels(sizeof(Real) * std::size_t(stride), time.stages);
  const auto times = integrate::stage_times(integrate::LinearMethod::collocation);
  auto observed = time.observe_after.begin();
  for (int first = 0; first < time.panels();) {
    int last = std::min(first + fitting, time.panels());
    if (first < window) last = std::min(last, window);
    Chunk<Real> chunk;
    chunk.frame_due = observed != time.observe_after.end() && *observed < last;
    if (chunk.frame_due) last = *observed++ + 1;
    chunk.first = first;
    chunk.panels = last - first;
    chunk.needs_current = is_read() && first >= window;
    chunk.hebbian = span_of<Real>(time.hebbian, &time.kind[std::size_t(first)], chunk.panels, time.stages);
    chunk.store = span_of<Real>(time.store, &time.kind[std::size_t(first)], chunk.panels, time.stages);
    for (int panel = first; panel < last; ++panel) {
      for (int s = 0; s < time.stages; ++s)
        chunk.stage_time.push_back(Real(chunk.duration + times[s] * time.lengths[std::size_t(panel)]));
      chunk.duration += time.lengths[std::size_t(panel)];
    }
    chunks.push_back(std::move(chunk));
    first = last;
  }
}

template <class Real>
int Plan<Real>::most_stages() const {
  int most = 0;
  for (const Chunk<Real>& chunk : chunks) most = std::max(most, chunk.panels * time.stages);
  return most;
}

template struct Plan<float>;
template struct Plan<double>;

}  // namespace tripartite::attention::cpu
