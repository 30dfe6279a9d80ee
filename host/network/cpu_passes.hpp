#pragma once

#include <array>
#include <span>
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
  /// All stages of a step of `length` [s] from time `t` on, in which projections are held. Arguments as in `pass`.
  void pass_whole(Real dt, double t, double length, bool couples, bool is_step_end,
                  const std::vector<AlignedVector<Real>>& before);
  /// Events at time t of what crossed in the passes since the last call.
  void note_events(double t);
  /// Throws NumericsError if a pass since the last call found a fault.
  void throw_faults(double t);

  CpuProjections<Real> projections_;

 private:
  using typename CpuNetworkBase<Real>::Worker;
  /// Projections are looked at again where a pass `couples`; `advance(p)` takes population p through it.
  template <class Advance>
  void in_order(StageClock clock, double t, const Real* states, bool couples, const Advance& advance);
  /// What the loops are told of a population, with its inputs connected; `times` are those of `common_`.
  Tile<Real> tile_of(std::size_t p, std::span<const double> times);
  StageWindow<Real> window_of(std::size_t p, bool is_step_end, const std::vector<AlignedVector<Real>>& before);
  void run(std::size_t p, const Tile<Real>& prototype, const StageWindow<Real>& run);

  std::vector<std::vector<std::array<Real, 3>>> common_;  // [populations][inputs] at the times of the present pass
  std::vector<std::uint64_t> crossed_scratch_;
  std::ptrdiff_t faulty_population_ = -1;
};

}  // namespace tripartite
