#pragma once

#include <vector>

#include "host/network/cpu_base.hpp"
#include "host/network/cpu_projections.hpp"

namespace tripartite {

/// Networks with projections: one stage of all populations, each with what it sees of the others.
template <class Real>
class CpuPasses : public CpuNetworkBase<Real> {
 protected:
  explicit CpuPasses(NetworkSetup setup);

  /// Whether a population takes part in passes of this clock.
  bool takes_part(std::size_t population, StageClock clock) const;

  /// One stage of the states of `clock` at time `t` [s]: from the states in `at` (all states, or null: the network's
  /// own), with sums of slopes in `slopes` (or null). `couples`: with a new look at projections. `before`: the watched
  /// states at the beginning of the step, one array per population, or empty.
  void pass(StageClock clock, const integrate::Stage<Real>& stage, Real dt, double t, Real* at, Real* slopes,
            bool couples, bool is_step_end, const std::vector<AlignedVector<Real>>& before);
  /// Events at time t of what crossed in the passes since the last call.
  void note_events(double t);
  /// Throws NumericsError if a pass since the last call found a fault.
  void throw_faults(double t);

  CpuProjections<Real> projections_;

 private:
  using typename CpuNetworkBase<Real>::Worker;
  void advance_population(std::size_t p, StageClock clock, const integrate::Stage<Real>& stage, Real dt, double t,
                          Real* at, Real* slopes, bool is_step_end, const std::vector<AlignedVector<Real>>& before);

  std::vector<std::vector<Real>> common_;  // [populations][inputs] of the present stage
  std::vector<std::uint64_t> crossed_scratch_;
  std::ptrdiff_t faulty_population_ = -1;
};

}  // namespace tripartite
