#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tripartite {
struct CalciumModel;
}

namespace tripartite::attention {

/// Feature map phi of the hidden neurons (docs/models.md, part A).
enum class Feature { slots, favor_balanced, favor_sharp, favor, relu, elu1 };

/// How the equations are advanced. `exact` is the propagator over a whole phase; the others step by `dt`.
enum class Solver { exact, exponential_euler, euler, rk4 };

/// The modulatory calcium p of an astrocyte process that follows one linear equation of part A, no calcium model.
inline constexpr std::string_view linear_calcium = "linear";

/// Where the calcium of a calcium model begins: at rest, without IP3 production, or settled to the mean of what the
/// calibration text makes it produce.
enum class CalciumStart { rest, typical };

/// Parameters of the neuron-astrocyte attention network, docs/models.md, part A. Time [s].
struct Parameters {
  double tau_input = 0.010;      // tau_f    [s] filter of the projections k, q, v
  double tau_hidden = 0.010;     // tau_h    [s] hidden rate h
  double tau_output = 0.010;     // tau_l    [s] last layer l
  double tau_calcium = 0.050;    // tau_p    [s] modulatory calcium p
  double tau_hebbian = 0;        // tau_H    [s] Hebbian strength H; 0 means write_time
  double tau_store = 0;          // tau_g    [s] calcium store g; 0 means write_time
  double decay_hebbian = 0;      // lambda_H [1/s]
  double decay_store = 0;        // lambda_g [1/s]
  double calcium_floor = 1e-12;  // p_floor  [1] keeps the division finite before the first read
  /// What moves p: linear_calcium, or the name of one of calcium_models(), whose IP3 the global calcium makes
  /// (docs/models.md, "Attention on biophysical calcium").
  std::string calcium_model{linear_calcium};
  /// By calcium model: its parameters in the order of its description; a model that is missing has its defaults.
  std::map<std::string, std::vector<double>, std::less<>> calcium_parameters;
  double calcium_speed = 1;          // factor on every rate of a calcium model [1]
  double calcium_production = 0.01;  // IP3 production of a calcium model at the largest G of the calibration [uM/s]
  double calcium_least = 0.05;       // least p of a calcium model, in smallest G that the calibration text read [1]
  CalciumStart calcium_start = CalciumStart::rest;
  double heterogeneity = 0;    // coefficient of variation of a, b and tau_p over synapses [1]
  int astrocytes = 1;          // astrocytes per head; each owns whole rows of the synapse matrix
  double settle_time = 0.100;  // [s] hold a token before plasticity opens
  double write_time = 0.100;   // [s] plasticity open
  double delay_time = 0;       // [s] between writing and reading: no input, plasticity closed
  double read_time = 0.500;    // [s] hold a token before the output is sampled
  double dt = 0.001;           // [s] step of the stepping solvers
  Solver solver = Solver::exact;
  std::uint64_t seed = 1;  // feature matrices and heterogeneity

  bool has_calcium_model() const { return calcium_model != linear_calcium; }
  double effective_tau_hebbian() const { return tau_hebbian > 0 ? tau_hebbian : write_time; }
  double effective_tau_store() const { return tau_store > 0 ? tau_store : write_time; }
};

/// Parameter number `place` of a calcium model, as `parameters` have it.
double& calcium_parameter(Parameters& parameters, const CalciumModel& model, std::size_t place);
const double& calcium_parameter(const Parameters& parameters, const CalciumModel& model, std::size_t place);
/// The same by name: calcium_parameter(parameters, "li_rinzel", "r_C") = 5. Throws ConfigError if there is none.
double& calcium_parameter(Parameters& parameters, std::string_view model, std::string_view name);

/// The model that parameters.calcium_model names. Throws ConfigError if it is linear or unknown.
const CalciumModel& calcium_model_of(const Parameters& parameters);
/// All parameters of that model. Throws ConfigError also if there are not as many as it has.
std::vector<double> calcium_parameters_of(const Parameters& parameters);

}  // namespace tripartite::attention
