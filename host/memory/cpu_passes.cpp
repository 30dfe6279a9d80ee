// The passes of the CPU backend over all synapses: a stage of a step, and the energy.
#include <algorithm>
#include <cmath>

#include "host/memory/cpu_engine.hpp"

namespace tripartite::memory::cpu {

template <class Real>
void CpuEngine<Real>::advance_stage(int known, std::span<const CueStep> steps) {
  for (const CueStep& step : steps) advance_neurons(cues_[std::size_t(step.cue)], known, step.scheme);
  run_tasks(known, steps);
}

/// The neurons of the next stage. Their own rates are recomputed from the moments, like those of the synapses.
template <class Real>
void CpuEngine<Real>::advance_neurons(Cue& cue, int known, const StepScheme<Real>& scheme) {
  const bool is_last = known == scheme.stages;
  const Real* weights = is_last ? scheme.neuron.weight : scheme.neuron.stage[known];
  Moment& next = cue.moments[std::size_t(known)];
  const Real* start = cue.moments[0].neurons.data();
  Real largest_rate = 0;
  double squares = 0;
  for (int i = 0; i < this->neurons(); ++i) {
    Real change = 0, error = 0;
    for (int q = 0; q < known; ++q) {
      const Moment& moment = cue.moments[std::size_t(q)];
      const Real rate = moment.current[std::size_t(i)] + neuron_bias_[std::size_t(i)] -
                        model_.decay_neuron * (scheme.exact_leak ? start[i] : moment.neurons.data()[i]);
      change += weights[q] * rate;
      error += scheme.neuron.error[q] * rate;
      if (q == 0) largest_rate = std::max(largest_rate, std::abs(rate) / (1 + std::abs(start[i])));
    }
    const Real end = start[i] + change;
    next.neurons.data()[i] = end;
    const double scaled =
        double(error) / (double(scheme.tolerance) * (1 + std::max(std::abs(double(start[i])), std::abs(double(end)))));
    squares += scaled * scaled;
  }
  cue.neuron_rate = largest_rate;
  cue.neuron_error = squares / this->neurons();
  kernels_.activate(next.neurons.data(), model_.gain_neuron, int(stride_), next.phi.data());
}

/// known = 0: what the present state of the cues of `steps`, or of every cue if there are none, sends to its neurons
/// and patterns.
template <class Real>
void CpuEngine<Real>::run_tasks(int known, std::span<const CueStep> steps) {
  const std::size_t count = steps.empty() ? cues_.size() : steps.size();
  static constexpr StepScheme<Real> none{};
  const std::size_t currents = std::size_t(panels_) * std::size_t(stride_),
                    projections = std::size_t(panels_) * pattern_stride(this->patterns());
  for_each_panel(count, [&](TileWorker<Real>& worker, std::size_t index, int panel) {
    const int cue = steps.empty() ? int(index) : steps[index].cue;
    run_task(worker, cues_[std::size_t(cue)], is_half(cue), known, known == 0 ? none : steps[index].scheme, panel,
             task_currents_.data() + index * currents, task_projections_.data() + index * projections);
  });
  for (std::size_t index = 0; index < count; ++index) {
    const int cue = steps.empty() ? int(index) : steps[index].cue;
    if (known > 0 && known == steps[index].scheme.stages && !this->is_adaptive() && is_half(cue))
      cues_[std::size_t(cue)].is_complete = false;
    gather(cues_[std::size_t(cue)], known, task_currents_.data() + index * currents,
           task_projections_.data() + index * projections);
  }
}

template <class Real>
void CpuEngine<Real>::run_task(TileWorker<Real>& worker, Cue& cue, bool is_half, int known,
                               const StepScheme<Real>& scheme, int panel, Real* current, double* projection) {
  TileNorms<Real>& norms = cue.norms[std::size_t(panel)];
  norms = {};
  projection += std::size_t(panel) * pattern_stride(this->patterns());
  std::fill_n(projection, pattern_stride(this->patterns()), 0.0);
  const bool has_memory = model_.memory_scale != Real(0);
  std::array<const Real*, max_stages> factors{};
  for (int q = 0; q < known && has_memory; ++q) factors[std::size_t(q)] = cue.moments[std::size_t(q)].factor.data();

  TileRun<Real> run{};
  run.model = &model_;
  run.scheme = &scheme;
  run.known = known;
  run.stride = stride_;
  run.tile_stride = few_ > 0 ? 0 : tile;  // a row of a drive is read as soon as the kernel has made it
  const bool asks_for_norms = this->is_adaptive() || this->setup().parameters.settled_rate > 0;
  run.norms = asks_for_norms ? &norms : nullptr;
  run.few = few_;
  run.column_sign_stride = stride_;
  run.projection = projection;
  const auto set_few_rows = [&](int row_panel) {
    if (few_ == 0) return;
    for (int q = 0; q < known; ++q) run.factor[q] = worker.make_few(row_panel, factors[std::size_t(q)], q + 1);
    run.row_sign = worker.make_few(row_panel, nullptr, 0);
  };
  const auto advance = [&](int row_panel, int column_panel, auto&& drive) {
    const int first_row = worker.first_of(row_panel), first_column = worker.first_of(column_panel);
    const std::ptrdiff_t corner = first_row * stride_ + first_column;
    run.rows = worker.rows_of(row_panel);
    run.columns = worker.columns_of(column_panel);
    run.synapse = cue.synapse.data() + corner;
    run.process = cue.process.data() + corner;
    run.next_synapse = (this->is_adaptive() ? cue.next_synapse : cue.synapse).data() + corner;
    run.next_process = (this->is_adaptive() ? cue.next_process : cue.process).data() + corner;
    run.synapse_bias = synapse_bias_.data() != nullptr ? synapse_bias_.data() + corner : nullptr;
    run.process_bias = process_bias_.data() != nullptr ? process_bias_.data() + corner : nullptr;
    for (int q = 0; q < known; ++q) {
      const Real* phi = cue.moments[std::size_t(q)].phi.data();
      run.row_phi[q] = phi + first_row;
      run.column_phi[q] = phi + first_column;
      run.drive[q] = drive(q);
    }
    run.next_column_phi = cue.moments[std::size_t(known)].phi.data() + first_column;
    run.next_row_phi = cue.moments[std::size_t(known)].phi.data() + first_row;
    run.column_sign = few_signs_.data() + first_column;
    const bool has_image = is_half && row_panel != column_panel;
    const std::ptrdiff_t image = first_column * stride_ + first_row;
    run.end_rows = has_image ? std::min(run.rows, worker.rows_of(column_panel)) : 0;
    run.start_rows = cue.is_complete ? 0 : run.end_rows;
    run.start_g = cue.synapse.data() + image;
    run.start_psi = cue.process.data() + image;
    run.end_g = (this->is_adaptive() ? cue.next_synapse : cue.synapse).data() + image;
    run.end_psi = (this->is_adaptive() ? cue.next_process : cue.process).data() + image;
    run.column_current = has_image ? current + row_panel * stride_ + first_column : nullptr;
    run.psi = drive(0);
    run.current = current + column_panel * stride_ + first_row;
    kernels_.advance(run);
  };
  const auto drive = [&](int q) { return worker.drive(q); };
  set_few_rows(panel);
  for (int column_panel = panel; column_panel < panels_; ++column_panel) {
    const bool has_mirrored = panel != column_panel && !is_half;
    if (few_ == 0) worker.make_drives(panel, column_panel, has_mirrored, std::span(factors).first(std::size_t(known)));
    advance(panel, column_panel, drive);
    if (has_mirrored && few_ == 0) advance(column_panel, panel, [&](int q) { return worker.mirrored(q); });
    if (has_memory && few_ == 0) worker.project(panel, column_panel, has_mirrored, projection);
  }
  if (few_ == 0 || is_half) return;
  for (int row_panel = panel + 1; row_panel < panels_; ++row_panel) {
    set_few_rows(row_panel);
    advance(row_panel, panel, drive);
  }
}

template <class Real>
void CpuEngine<Real>::gather(Cue& cue, int known, const Real* current, const double* projection) {
  Moment& moment = cue.moments[std::size_t(known)];
  for (int i = 0; i < this->neurons(); ++i) {
    double sum = 0;
    for (int panel = 0; panel < panels_; ++panel) sum += double(current[panel * stride_ + i]);
    moment.current[std::size_t(i)] = Real(sum);
  }
  const std::size_t patterns = pattern_stride(this->patterns());
  std::fill(moment.projection.begin(), moment.projection.end(), 0.0);
  for (int panel = 0; panel < panels_; ++panel)
    for (std::size_t mu = 0; mu < patterns; ++mu)
      moment.projection[mu] += projection[std::size_t(panel) * patterns + mu];
  for (std::size_t mu = 0; mu < patterns; ++mu)
    moment.factor.data()[mu] = Real(double(model_.memory_scale) * moment.projection[mu]);
}

template <class Real>
std::vector<StepNorms> CpuEngine<Real>::norms(std::span<const CueStep> steps) {
  std::vector<StepNorms> result;
  const double pairs = double(this->neurons()) * this->neurons();
  for (const CueStep& step : steps) {
    const Cue& cue = cues_[std::size_t(step.cue)];
    TileNorms<Real> total{cue.neuron_rate, 0, 0};
    for (const TileNorms<Real>& part : cue.norms) {
      total.rate = std::max(total.rate, part.rate);
      total.synapse_error += part.synapse_error;
      total.process_error += part.process_error;
    }
    // Each comparison keeps a sum that is not a number.
    double square = cue.neuron_error;
    for (const double other : {total.synapse_error / pairs, total.process_error / pairs})
      if (!(other <= square)) square = other;
    result.push_back({double(total.rate), std::sqrt(square)});
  }
  return result;
}

template <class Real>
void CpuEngine<Real>::accept(std::span<const int> cues) {
  for (const int index : cues) {
    Cue& cue = cues_[std::size_t(index)];
    std::swap(cue.moments[0], cue.moments[std::size_t(stages_of(this->setup().parameters.solver))]);
    if (this->is_adaptive()) {
      std::swap(cue.synapse, cue.next_synapse);
      std::swap(cue.process, cue.next_process);
      cue.is_complete = !is_half(index);
    }
  }
}

template <class Real>
std::vector<int> CpuEngine<Real>::first_not_finite() {
  std::vector<int> result;
  for (const Cue& cue : cues_) {
    const Moment& moment = cue.moments[0];
    int neuron = 0;
    while (neuron < this->neurons() && std::isfinite(moment.neurons.data()[neuron]) &&
           std::isfinite(moment.current[std::size_t(neuron)]))
      ++neuron;
    result.push_back(neuron < this->neurons() ? neuron : -1);
  }
  return result;
}

template <class Real>
std::vector<double> CpuEngine<Real>::energy() {
  this->require_energy();
  const std::size_t panels = std::size_t(panels_);
  for (const Cue& cue : cues_) complete(cue);
  std::vector<double> parts(cues_.size() * panels), result;
  for_each_panel(cues_.size(), [&](TileWorker<Real>& worker, std::size_t c, int panel) {
    const std::ptrdiff_t corner = worker.first_of(panel) * stride_;
    const auto at_corner = [&](const AlignedBuffer<Real>& bias) {
      return bias.data() != nullptr ? bias.data() + corner : nullptr;
    };
    parts[c * panels + std::size_t(panel)] =
        kernels_.energy({&model_, worker.rows_of(panel), int(stride_), stride_, cues_[c].synapse.data() + corner,
                         cues_[c].process.data() + corner, at_corner(synapse_bias_), at_corner(process_bias_)});
  });
  // The few neurons and patterns in double: their terms are the largest and cancel the most.
  AssociativeMemory<double> model(this->setup().parameters, this->neurons());
  for (std::size_t c = 0; c < cues_.size(); ++c) {
    const Moment& moment = cues_[c].moments[0];
    double total = 0;
    for (std::size_t panel = 0; panel < panels; ++panel) total += parts[c * panels + panel];
    for (int i = 0; i < this->neurons(); ++i) {
      const double x = std::abs(double(moment.neurons.data()[i])), t = std::exp(-2 * model.gain_neuron * x);
      total +=
          model.neuron_energy(model.relaxation(x, t, std::log1p(t), model.gain_neuron), double(moment.phi.data()[i]),
                              double(moment.current[std::size_t(i)]), double(neuron_bias_[std::size_t(i)]));
    }
    for (std::int64_t mu = 0; mu < this->patterns(); ++mu)
      total += model.pattern_energy(moment.projection[std::size_t(mu)]);
    result.push_back(total);
  }
  return result;
}

template <class Real>
std::vector<double> CpuEngine<Real>::overlaps() {
  const std::size_t padded_count = pattern_stride(this->patterns()), count = std::size_t(this->patterns());
  std::vector<double> result(cues_.size() * count);
  TileWorker<Real>& worker = *workers_[0];
  for (std::size_t c = 0; c < cues_.size(); ++c) {
    std::vector<double> sum(padded_count);
    for (int panel = 0; panel < panels_; ++panel)
      worker.overlap(panel, cues_[c].moments[0].phi.data() + worker.first_of(panel), sum.data());
    for (std::size_t mu = 0; mu < count; ++mu) result[c * count + mu] = sum[mu] / this->neurons();
  }
  return result;
}

template class CpuEngine<float>;
template class CpuEngine<double>;

}  // namespace tripartite::memory::cpu
