#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/config/attend_config.hpp"
#include "host/config/model_config.hpp"

namespace tripartite::config {

/// What drives the synapses.
enum class DriveKind { rate, poisson, file };

/// A drive that changes at given times.
struct DriveChoice {
  DriveKind kind = DriveKind::rate;
  std::vector<double> rates{5.0};   // [1/s] one per time
  std::vector<double> times{0.0};   // [s] when each rate begins; the first is 0
  double amplitude = 0;             // [1/s] of a sine about the rate
  double frequency = 0;             // [1/s]
  int trains = 0;                   // independent Poisson trains; 0: one per synapse
  std::string spikes;               // SONATA file
  std::string population;           // of that file; empty: the only one
  std::vector<double> biases{0.0};  // I_bias [uM]
  std::vector<double> bias_times{0.0};
};

/// How the equations are stepped.
struct Stepping {
  integrate::Method method = integrate::Method::dormand_prince;
  double dt = 1e-3;
  int substeps = 1;
  int calcium_every = 1;
  double relative_tolerance = 1e-4;
  double absolute_tolerance = 1e-6;
  bool check_step = false;  // whether the run is repeated with a finer step
  int spike_steps = 1;      // steps of dt in one of those at whose ends spikes act

  /// With half the step or, of a method that chooses its steps, a tenth of the tolerances. Spikes act when they did.
  Stepping finer() const;
  void apply(NetworkSetup& setup) const;
};

/// What is written while a population runs.
struct SynapseRecording {
  double interval = 0.010;  // [s]; 0: nothing
  std::vector<std::string> fields{"u", "x", "Gamma_S", "Gamma_A", "I", "C", "x_A", "G_A"};
  int synapses = 4;  // evenly spread; 0: all
  std::vector<std::int64_t> indices;
};

/// The form of the equations of a tripartite synapse, and its parameters.
struct TripartiteConfig : CellConfig {
  bool exogenous_ip3 = false;
  Flux flux = Flux::smooth;
  TripartiteConfig() : CellConfig(&CalciumModel::synapse, calcium_models().front().name) {}
  void apply(PopulationSetup& population) const;
};

/// Everything that decides what `tripartite synapse` computes.
struct SynapseConfig {
  std::int64_t synapses = 1;
  std::vector<std::int64_t> sizes;  // of populations, one after the other; empty: all are one
  std::vector<std::string> varied;  // "O_delta uniform 0.4 1.2"
  double duration = 60;             // [s]
  TripartiteConfig synapse;
  DriveChoice drive;
  Stepping stepping;
  SynapseRecording recording;
  Execution execution;
  std::int64_t seed = 1;
  Output output;
};

/// Movement of calcium, from its smallest to its largest value, from which on it may oscillate [uM].
inline constexpr double least_calcium_amplitude = 0.01;

/// Everything that decides what `tripartite sweep` computes: `synapses` of them at each point of a grid.
struct SweepConfig : SynapseConfig {
  std::vector<std::string> over;                     // one or two of "O_delta=0.2:1.2:40", "rate=0.1:50:30:log"
  double transient = 0;                              // [s] before `duration`; 0: five times the slowest time constant
  double sample_interval = 0.1;                      // [s]
  double least_amplitude = least_calcium_amplitude;  // [uM]

  SweepConfig() {
    duration = 600;
    stepping.method = integrate::Method::rk4;
  }
};

}  // namespace tripartite::config
