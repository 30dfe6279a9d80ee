#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tripartite/attention/engine.hpp"
#include "tripartite/attention/schedule.hpp"
#include "tripartite/simulation.hpp"

namespace tripartite::attention {

/// Queries, keys and values of a text in one layer, [tokens x heads * width] each, heads contiguous in a row.
template <class Real>
struct LayerText {
  std::span<const Real> query, key, value;
};

/// One layer of heads that goes through the schedule of a text, as a Simulation.
///
/// Populations are "head 0", "head 1", …, each with the fields of tripartite/attention/state.hpp: key, query, value and
/// output [width], hidden [hidden], hebbian, store and calcium [width * hidden]. Synapses of a head share store and
/// calcium, which therefore count as derived and cannot be written. The population "text" has one field "outputs",
/// derived, [tokens * heads * width]: l of every head at the end of a token's read, 0 before. There are no events.
///
/// Time ends with the schedule. The time step is `dt`, of the exact solver 1 ns; what is left of the schedule may be
/// asked for whatever it is. A phase that is advanced in several pieces differs by rounding from one that is advanced
/// at once; the exact solver then also lays its panels differently, within its accuracy.
template <class Real>
class AttentionSimulation final : public SimulationOf<Real> {
 public:
  /// `setup.tokens` tokens at most, as many as the text has. Throws ConfigError if text and setup do not fit together,
  /// and what make_engine throws. `threads`: see make_cpu_engine.
  AttentionSimulation(Backend backend, const EngineSetup& setup, const LayerText<Real>& text, bool is_causal,
                      int threads = 0);

  const std::vector<tripartite::Field>& fields() const override { return fields_; }
  /// ConfigError also beyond the end of the schedule.
  void advance(double duration) override;
  double time() const override;
  std::vector<Event> take_events() override { return {}; }
  void save(std::ostream& out) const override;
  void load(std::istream& in) override;

  /// Of the whole schedule [s].
  double duration() const { return begin_.back(); }
  bool is_finished() const { return place_ == schedule_.size(); }
  /// Tokens that have been read.
  int tokens_read() const;
  /// The phase in progress or about to begin. Throws std::out_of_range if the schedule is finished.
  const ScheduledPhase& phase() const { return schedule_.at(place_); }

 protected:
  void read_values(std::size_t field, std::size_t first, std::span<Real> values) const override;
  void gather_values(std::size_t field, std::span<const std::uint64_t> indices, std::span<Real> values) const override;
  void write_values(std::size_t field, std::size_t first, std::span<const Real> values) override;

 private:
  /// Advances the phase in progress to its end and does what is due there.
  void finish_phase();
  std::vector<Real> outputs() const;

  int tokens_;
  std::unique_ptr<Engine<Real>> engine_;
  std::vector<tripartite::Field> fields_;  // of head 0, of head 1, …, outputs
  std::vector<ScheduledPhase> schedule_;
  std::vector<double> begin_;  // [s] of every phase, and the end of the last
  double step_;                // [s]
  std::size_t place_ = 0;      // of the phase in progress in the schedule
  std::int64_t done_ = 0;      // steps of it that are done
};

extern template class AttentionSimulation<float>;
extern template class AttentionSimulation<double>;

}  // namespace tripartite::attention
