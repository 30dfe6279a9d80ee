#include "host/memory/stepped_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>

#include "tripartite/error.hpp"

namespace tripartite::memory {

template <class Real>
SteppedEngine<Real>::SteppedEngine(const MemorySetup& setup)
    : setup_{setup.patterns, setup.cues, setup.parameters, {}, setup.tile_bytes},
      why_no_energy_(memory::why_no_energy(setup)),
      owner_(setup) {
  restart();
  has_started_ = false;
}

template <class Real>
void SteppedEngine<Real>::restart() {
  controls_.assign(std::size_t(setup_.cues), StepControl(setup_.parameters));
  has_started_ = true;
  is_symmetric_.assign(std::size_t(setup_.cues), 1);
}

template <class Real>
void SteppedEngine<Real>::note_symmetry(int first, std::span<const Real> synapses, std::span<const Real> processes) {
  const std::size_t n = std::size_t(neurons());
  for (const auto& values : {synapses, processes})
    for (std::size_t c = 0; c < values.size() / (n * n); ++c)
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < i; ++j)
          if (values[(c * n + i) * n + j] != values[(c * n + j) * n + i]) is_symmetric_[std::size_t(first) + c] = 0;
}

template <class Real>
void SteppedEngine<Real>::require_energy() const {
  if (!why_no_energy_.empty()) throw ConfigError("associative memory: " + why_no_energy_);
  if (std::find(is_symmetric_.begin(), is_symmetric_.end(), 0) != is_symmetric_.end())
    throw ConfigError(
        "associative memory: the dynamics have no energy from synapses or processes that are not symmetric");
}

template <class Real>
void SteppedEngine<Real>::check_rows(Field field, int cue, int first, int count) const {
  const int all = info(field).is_pair ? neurons() : 1;
  if (cue < 0 || cue >= setup_.cues || first < 0 || count < 0 || first > all - count)
    throw ConfigError("associative memory: " + std::to_string(count) + " rows of field " +
                      std::string(info(field).name) + " of cue " + std::to_string(cue) + " from row " +
                      std::to_string(first) + ": there are " + std::to_string(setup_.cues) + " cues with " +
                      std::to_string(all) + " rows");
}

template <class Real>
void SteppedEngine<Real>::set_values(Field field, int cue, std::size_t first, std::span<const Real> values,
                                     double time) {
  const std::size_t n = std::size_t(neurons()), all = info(field).is_pair ? n * n : n;
  if (cue < 0 || cue >= setup_.cues || first > all || values.size() > all - first)
    throw ConfigError(
        fmt::format("associative memory: elements {} to {} of field {} of cue {} do not exist ({} cues, "
                    "{} elements)",
                    first, first + values.size() - 1, info(field).name, cue, setup_.cues, all));
  if (!has_started_) throw ConfigError("associative memory: there is no state to replace before start()");
  replace(field, cue, first, values);
  controls_[std::size_t(cue)].disturb(time);
  if (info(field).is_pair)
    note_symmetry(cue, this->rows(Field::synapse, cue, 0, neurons()), this->rows(Field::process, cue, 0, neurons()));
  recouple(cue);
}

template <class Real>
void SteppedEngine<Real>::save(std::ostream& out) const {
  if (!has_started_) throw ConfigError("associative memory: there is no state to save before start()");
  MemoryState<Real> state(setup_);
  save_to(state);
  for (std::size_t cue = 0; cue < controls_.size(); ++cue) state.status[cue] = controls_[cue].status();
  state.started_symmetric = is_symmetric_;
  owner_.write(out, state);
}

template <class Real>
void SteppedEngine<Real>::load(std::istream& in) {
  MemoryState<Real> state(setup_);
  owner_.read(in, state);
  restart();
  for (std::size_t cue = 0; cue < controls_.size(); ++cue) controls_[cue].restore(state.status[cue]);
  is_symmetric_ = state.started_symmetric;
  load_from(state);
}

template <class Real>
void SteppedEngine<Real>::advance(std::int64_t steps, double until) {
  std::vector<std::int64_t> last;  // steps after which a cue stops
  for (const StepControl& control : controls_) last.push_back(control.status().steps + steps);
  std::vector<CueStep> batch;
  do {
    batch.clear();
    for (int cue = 0; cue < setup_.cues; ++cue) {
      StepControl& control = controls_[std::size_t(cue)];
      if (control.status().steps >= last[std::size_t(cue)] || control.is_done(until)) continue;
      batch.push_back({cue, step_scheme<Real>(setup_.parameters, control.next_length(until))});
    }
    if (!batch.empty()) make_step(batch);
  } while (!batch.empty());
  const std::vector<int> not_finite = first_not_finite();
  for (int cue = 0; cue < setup_.cues; ++cue)
    if (const int neuron = not_finite[std::size_t(cue)]; neuron >= 0)
      throw NumericsError("neuron " + std::to_string(neuron) + " of cue " + std::to_string(cue) +
                          " is not finite at t = " + std::to_string(status(cue).time) + " s: dt = " +
                          std::to_string(setup_.parameters.dt) + " s may be too large for these parameters");
}

template <class Real>
void SteppedEngine<Real>::make_step(std::span<const CueStep> steps) {
  for (int known = 1; known <= stages_of(setup_.parameters.solver); ++known) {
    this->check_stop();
    advance_stage(known, steps);
  }
  std::vector<StepNorms> measured(steps.size(), {std::numeric_limits<double>::infinity(), 0});
  if (is_adaptive() || setup_.parameters.settled_rate > 0) measured = norms(steps);
  std::vector<int> accepted;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (controls_[std::size_t(steps[i].cue)].judge(measured[i])) accepted.push_back(steps[i].cue);
  accept(accepted);
}

template class SteppedEngine<float>;
template class SteppedEngine<double>;

}  // namespace tripartite::memory
