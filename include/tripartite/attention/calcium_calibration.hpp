#pragma once

#include <span>
#include <vector>

#include "tripartite/attention/feature_map.hpp"
#include "tripartite/attention/parameters.hpp"
#include "tripartite/attention/process_scale.hpp"

namespace tripartite::attention {

/// Where the calcium of a process settles when IP3 is produced at a constant rate: equally spaced rates from 0 to
/// parameters.calcium_production. Where it oscillates for ever, its mean in time.
struct CalciumCurve {
  std::vector<double> production;           // [uM/s]
  std::vector<double> calcium;              // [uM]
  std::vector<double> lowest, highest;      // of calcium once it has settled [uM]
  std::vector<std::vector<double>> states;  // [states of the calcium model][rates of production]

  double rest() const { return calcium.front(); }
  /// Calcium at a rate of production [uM], interpolated linearly.
  double at(double rate) const;
  /// The state at a rate of production.
  void state_at(double rate, double (&state)[most_states]) const;
  /// The first rate of production at which calcium does not settle; infinite if it always does.
  double oscillates_from() const;
};

/// Integrates a process of parameters.calcium_model at each rate until it has settled. Throws ConfigError if it does
/// not come to rest without production, or if its parameters make it so fast that this would take too long.
CalciumCurve settled_calcium(const Parameters& parameters);

/// The global calcium G of a head over a text: at the end of every read, and the largest while it writes or reads.
struct CalciumLevels {
  std::vector<double> read;
  double largest = 0;
};

/// G by the algebra of linear attention, for the first tokens of a calibration text, written by itself.
CalciumLevels calcium_levels(const FeatureMap& map, const Calibration& text, const Parameters& parameters, bool causal);

/// Production and gain of a head. `largest` G makes parameters.calcium_production of IP3; the gain makes the mean of
/// (p / G - 1)^2 over `read` as small as it can be where calcium has settled.
ProcessScale fit_scale(const CalciumLevels& levels, const CalciumCurve& curve, const Parameters& parameters);

}  // namespace tripartite::attention
