#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tripartite/memory/engine.hpp"
#include "tripartite/simulation.hpp"

namespace tripartite::memory {

/// Cues that are recalled side by side, as a Simulation.
///
/// Populations are "cue 0", "cue 1", …, each with the states of tripartite/memory/engine.hpp: neuron [neurons], synapse
/// and process [neurons * neurons], pair (i, j) at i * neurons + j. All can be written; a write costs about a step of
/// the cue. There are no events.
///
/// The time step is `dt`; `adaptive` takes any duration and shortens its last step to end there. A cue that has settled
/// stays as it is while time goes on.
template <class Real>
class MemorySimulation final : public SimulationOf<Real> {
 public:
  /// Begins from the neurons' states x [cues x neurons]; see MemoryEngine::start. Throws ConfigError if they do not fit
  /// the setup, and what make_memory_engine throws.
  MemorySimulation(Backend backend, const MemorySetup& setup, std::span<const Real> neurons, Regime regime,
                   int threads = 0);

  const std::vector<tripartite::Field>& fields() const override { return fields_; }
  void advance(double duration) override;
  double time() const override { return time_; }
  std::vector<Event> take_events() override { return {}; }
  void save(std::ostream& out) const override;
  void load(std::istream& in) override;

  /// Where a cue has come to. Throws std::out_of_range.
  const CueStatus& status(int cue) const { return engine_->status(cue); }
  /// All cues have settled.
  bool is_settled() const;
  /// See MemoryEngine.
  std::vector<double> energy() const { return engine_->energy(); }
  std::vector<double> overlaps() const { return engine_->overlaps(); }

 protected:
  void read_values(std::size_t field, std::size_t first, std::span<Real> values) const override;
  void gather_values(std::size_t field, std::span<const std::uint64_t> indices, std::span<Real> values) const override;
  void write_values(std::size_t field, std::size_t first, std::span<const Real> values) override;

 private:
  int neurons_, cues_;
  bool has_steps_of_one_length_;
  double dt_;  // [s]
  std::unique_ptr<MemoryEngine<Real>> engine_;
  std::vector<tripartite::Field> fields_;  // of cue 0, of cue 1, …
  double time_ = 0;                        // [s]
};

extern template class MemorySimulation<float>;
extern template class MemorySimulation<double>;

}  // namespace tripartite::memory
