#pragma once

#include "tripartite/attention/parameters.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/calcium/li_rinzel.hpp"
#include "tripartite/error.hpp"
#include "tripartite/integrate/fixed_steps.hpp"
#include "tripartite/integrate/linear_scheme.hpp"

/// The calcium models of part C as the modulatory calcium of part A (docs/models.md, "Attention on biophysical
/// calcium"). States are IP3 [uM], calcium [uM] and the open fraction of the IP3 receptors; the input is the production
/// of IP3 [uM/s] that the global calcium causes.
namespace tripartite::attention {

enum class ProcessState { ip3, calcium, open };
inline constexpr int process_states = 3;
TRIPARTITE_HD constexpr int index(ProcessState state) { return int(state); }

/// What acts on the process in one stage.
using Production = Inputs<double, 1>;  // of IP3 [uM/s]

/// A calcium model as a process, its rates times `speed`.
template <template <class> class Calcium>
struct ModelProcess {
  static constexpr int states = process_states;
  static_assert(int(Calcium<double>::State::count) == int(process_states));
  /// A bound on its rates [1/s] near the default parameters.
  static constexpr double fastest = Calcium<double>::fastest_rate;

  Calcium<double> cell;
  double speed = 1;

  static void set_initial(double (&state)[states]) {
    for (int i = 0; i < states; ++i) state[i] = Calcium<double>::state_infos[i].initial;
  }
  TRIPARTITE_HD void rates(const double (&y)[states], const double (&produced)[1], double (&gain)[states],
                           double (&loss)[states]) const {
    cell.rates(y, produced, gain, loss);
    for (int i = 0; i < states; ++i) {
      gain[i] *= speed;
      loss[i] *= speed;
    }
  }
};
using LiRinzelProcess = ModelProcess<LiRinzel>;
using GchiProcess = ModelProcess<Gchi>;

/// What connects the processes of one head to its network: G makes production G of IP3, and calcium C becomes
/// p = max(gain (C - rest), least), `least` > 0.
struct ProcessScale {
  double production = 0;  // IP3 production per unit of G [uM/s]
  double gain = 0;        // [1/uM]
  double rest = 0;        // C of a process without production [uM]
  double least = 0;       // [1]
  double initial[process_states] = {0, 0, 0};

  TRIPARTITE_HD double modulatory(double calcium) const {
    const double p = gain * (calcium - rest);
    return p < least ? least : p;  // NaN propagates
  }
};

namespace detail {

/// Records the calcium at every stage of a one-step method and gives every stage its own production.
template <class Process>
struct StageWatch {
  static constexpr int states = process_states;
  const Process* process;
  const double* produced;  // [stages]
  double* calcium;         // out [stages]
  int* stage;

  TRIPARTITE_HD void rates(const double (&y)[states], const double (&)[1], double (&gain)[states],
                           double (&loss)[states]) const {
    calcium[*stage] = y[index(ProcessState::calcium)];
    const double own[1] = {produced[*stage]};
    process->rates(y, own, gain, loss);
    ++*stage;
  }
};

}  // namespace detail

/// One step of `length` [s] by a method of explicit stages; `calcium` [stages] is what the stages saw.
template <class Process>
TRIPARTITE_HD void step_process(const Process& process, double (&y)[process_states], integrate::LinearMethod method,
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

/// Gauss nodes of a panel, between which calcium is integrated by Runge-Kutta steps while its production follows the
/// polynomial through the nodes.
struct PanelNodes {
  double place[integrate::max_stages];                              // in (0, 1)
  double difference[integrate::max_stages][integrate::max_stages];  // 1 / (place[i] - place[j]), 0 on the diagonal
};
PanelNodes panel_nodes();

/// One panel of `length` [s]; `produced` and `calcium` are values at its nodes. Overwrites `produced`.
template <class Process>
TRIPARTITE_HD void collocate_process(const Process& process, double (&y)[process_states], const PanelNodes& nodes,
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
    const double wanted = (end - begin) * length * process.speed * Process::fastest / most_per_step;
    const int steps = 1 + int(wanted);
    const double part = (end - begin) / steps;
    for (int k = 0; k < steps; ++k) {
      const double from = begin + k * part;
      const double begins = production(from), middle = production(from + 0.5 * part), ends = production(from + part);
      integrate::RungeKutta4::step(process, y, part * length, [&](int at) {
        return Production{{at == 0 ? begins : at == 1 ? middle : ends}};
      });
    }
    if (node < count) calcium[node] = y[index(ProcessState::calcium)];
    begin = end;
  }
}

/// A process with the default parameters of its calcium model.
template <template <class> class Calcium>
ModelProcess<Calcium> standard_process(double speed) {
  ModelProcess<Calcium> process{{}, speed};
  each_parameter(process.cell,
                 [](int place, double& parameter) { parameter = Calcium<double>::own_parameters[place].standard; });
  return process;
}

/// Calls `use` with the process that `model` names and its rates multiplied by `speed`. Throws ConfigError for linear,
/// which has no process.
template <class Use>
auto with_process(CalciumModel model, double speed, Use&& use) {
  switch (model) {
    case CalciumModel::gchi: return use(standard_process<Gchi>(speed));
    case CalciumModel::li_rinzel: return use(standard_process<LiRinzel>(speed));
    case CalciumModel::linear: break;
  }
  throw ConfigError("linear calcium has no process");
}

}  // namespace tripartite::attention
