#pragma once

#include <algorithm>
#include <limits>
#include <string_view>

#include "tripartite/attention/process_loops.hpp"
#include "tripartite/integrate/fixed_steps.hpp"
#include "tripartite/integrate/linear_scheme.hpp"
#include "tripartite/model/model.hpp"

/// The calcium models of part C as the modulatory calcium of part A (docs/models.md, "Attention on biophysical
/// calcium"). The input is the production of IP3 [uM/s] that the global calcium causes.
namespace tripartite::attention {

/// What acts on the process in one stage.
using Production = Inputs<double, 1>;  // of IP3 [uM/s]

/// A calcium model as a process, its rates times `speed`.
template <template <class> class Calcium>
struct ModelProcess {
  static constexpr int states = state_count_of<Calcium<double>>;
  static constexpr int calcium = Calcium<double>::State::calcium;

  Calcium<double> cell;
  double speed = 1;
  double fastest = 0;  // a bound on the rates of `cell` [1/s]

  TRIPARTITE_HD void rates(const double (&y)[states], const double (&produced)[1], double (&gain)[states],
                           double (&loss)[states]) const {
    cell.rates(y, produced, gain, loss);
    for (int i = 0; i < states; ++i) {
      gain[i] *= speed;
      loss[i] *= speed;
    }
  }
};

namespace detail {

/// Records the calcium at every stage of a one-step method and gives every stage its own production.
template <class Process>
struct StageWatch {
  static constexpr int states = Process::states;
  const Process* process;
  const double* produced;  // [stages]
  double* calcium;         // out [stages]
  int* stage;

  TRIPARTITE_HD void rates(const double (&y)[states], const double (&)[1], double (&gain)[states],
                           double (&loss)[states]) const {
    calcium[*stage] = y[Process::calcium];
    const double own[1] = {produced[*stage]};
    process->rates(y, own, gain, loss);
    ++*stage;
  }
};

}  // namespace detail

/// One step of `length` [s] by a method of explicit stages; `calcium` [stages] is what the stages saw.
template <class Process>
TRIPARTITE_HD void step_process(const Process& process, double (&y)[Process::states], integrate::LinearMethod method,
                                double length, const double* produced, double* calcium) {
  int stage = 0;
  const detail::StageWatch<Process> watch{&process, produced, calcium, &stage};
  const auto none = [](int) { return Production{{0}}; };
  switch (method) {
    case integrate::LinearMethod::exponential_euler: return integrate::ExponentialEuler::step(watch, y, length, none);
    case integrate::LinearMethod::euler: return integrate::Euler::step(watch, y, length, none);
    case integrate::LinearMethod::rk4: return integrate::RungeKutta4::step(watch, y, length, none);
    case integrate::LinearMethod::collocation: break;  // its stages are not explicit: collocate_process
  }
}

/// One panel of `length` [s]; `produced` and `calcium` are values at its nodes. Overwrites `produced`.
template <class Process>
TRIPARTITE_HD void collocate_process(const Process& process, double (&y)[Process::states], const PanelNodes& nodes,
                                     double length, double* produced, double* calcium) {
  constexpr int count = integrate::max_stages;
  // Newton's form of the polynomial through the nodes; its coefficients overwrite the values.
  double* coefficient = produced;
  for (int order = 1; order < count; ++order)
    for (int i = count - 1; i >= order; --i)
      coefficient[i] = (coefficient[i] - coefficient[i - 1]) * nodes.difference[i][i - order];
  const auto production = [&](double at) {
    double value = coefficient[count - 1];
    for (int i = count - 2; i >= 0; --i) value = value * (at - nodes.place[i]) + coefficient[i];
    return value;
  };
  // A quarter of the stability limit of the method; the production changes more slowly still.
  constexpr double most_per_step = 0.7;
  double begin = 0;
  for (int node = 0; node <= count; ++node) {
    const double end = node < count ? nodes.place[node] : 1;
    const double wanted = (end - begin) * length * process.speed * process.fastest / most_per_step;
    const int steps = 1 + int(wanted);
    const double part = (end - begin) / steps;
    for (int k = 0; k < steps; ++k) {
      const double from = begin + k * part;
      const double begins = production(from), middle = production(from + 0.5 * part), ends = production(from + part);
      integrate::RungeKutta4::step(process, y, part * length, [&](int at) {
        return Production{{at == 0 ? begins : at == 1 ? middle : ends}};
      });
    }
    if (node < count) calcium[node] = y[Process::calcium];
    begin = end;
  }
}

/// A process with these values of all parameters of its calcium model.
template <template <class> class Calcium>
ModelProcess<Calcium> process_of(const double* parameters, double speed) {
  ModelProcess<Calcium> process{{}, speed, Calcium<double>::fastest_rate};
  double factor = 1;
  each_parameter(process.cell, [&](int place, double& parameter) {
    parameter = parameters[place];
    const ParameterInfo& info = Calcium<double>::own_parameters[place];
    if (!(info.standard > 0) || !(parameter > 0)) return;
    factor = std::max(factor, parameter / info.standard);
    // Rates rise with a rate constant; they may as well rise where an affinity or a time constant falls.
    const bool is_rate = std::string_view(info.unit).find('/') != std::string_view::npos;
    if (!is_rate) factor = std::max(factor, info.standard / parameter);
  });
  process.fastest *= factor;
  return process;
}

template <template <class> class Calcium, class Real>
Real follow_process(const double* parameters, const ProcessPanels<Real>& run) {
  using Process = ModelProcess<Calcium>;
  const Process process = process_of<Calcium>(parameters, run.speed);
  double state[Process::states];
  std::copy_n(run.state, Process::states, state);
  const Real* drive = run.global_calcium;
  Real* at_stages = run.calcium;
  for (int panel = 0; panel < run.panels; ++panel, drive += run.stages, at_stages += run.stages) {
    const double length = run.lengths[panel];
    double produced[integrate::max_stages] = {}, level[integrate::max_stages] = {};
    for (int s = 0; s < run.stages; ++s) produced[s] = run.scale->production * double(drive[s]);
    if (run.method == integrate::LinearMethod::collocation)
      collocate_process(process, state, *run.nodes, length, produced, level);
    else
      step_process(process, state, run.method, length, produced, level);
    for (int s = 0; s < run.stages; ++s) at_stages[s] = Real(run.scale->modulatory(level[s]));
  }
  std::copy_n(state, Process::states, run.state);
  return Real(run.scale->modulatory(state[Process::calcium]));
}

template <template <class> class Calcium>
SettledProcess settle_process(const double* parameters, double* values, double produced, double duration) {
  using Process = ModelProcess<Calcium>;
  const Process process = process_of<Calcium>(parameters, 1);
  double state[Process::states];
  std::copy_n(values, Process::states, state);
  const double step = 0.5 / process.fastest;  // [s]
  const int steps = int(duration / step);
  SettledProcess settled;
  settled.lowest = std::numeric_limits<double>::infinity();
  settled.highest = -settled.lowest;
  int seen = 0;
  for (int n = 0; n < steps; ++n) {
    integrate::RungeKutta4::step(process, state, step, [&](int) { return Production{{produced}}; });
    if (2 * n < steps) continue;
    ++seen;
    for (int i = 0; i < Process::states; ++i) settled.mean[i] += state[i];
    settled.lowest = std::min(settled.lowest, state[Process::calcium]);
    settled.highest = std::max(settled.highest, state[Process::calcium]);
  }
  for (int i = 0; i < Process::states; ++i) settled.mean[i] /= seen;
  std::copy_n(state, Process::states, values);
  return settled;
}

template <template <class> class Calcium>
const ProcessLoops& process_loops() {
  static constexpr ProcessLoops loops{
      follow_process<Calcium, float>, follow_process<Calcium, double>, settle_process<Calcium>,
      [](const double* parameters) { return process_of<Calcium>(parameters, 1).fastest; }};
  return loops;
}

}  // namespace tripartite::attention
