#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "host/memory/memory_state.hpp"
#include "host/memory/step_control.hpp"
#include "tripartite/memory/engine.hpp"
#include "tripartite/memory/step_scheme.hpp"

namespace tripartite::memory {

/// What is the same on every backend: which step comes next in which cue, and when a cue has settled. A backend
/// supplies passes over all synapses. One virtual call per pass is nothing beside N^2 synapses.
template <class Real>
class SteppedEngine : public MemoryEngine<Real> {
 public:
  void advance(std::int64_t steps, double until) final;
  const CueStatus& status(int cue) const final { return controls_.at(std::size_t(cue)).status(); }
  void set_values(Field field, int cue, std::size_t first, std::span<const Real> values, double time) final;
  void save(std::ostream& out) const final;
  void load(std::istream& in) final;

 protected:
  struct CueStep {
    int cue;
    StepScheme<Real> scheme;
  };

  explicit SteppedEngine(const MemorySetup& setup);

  /// Without the biases, which a backend keeps in its own precision and place.
  const MemorySetup& setup() const { return setup_; }
  /// Throws ConfigError if the dynamics from this start have no energy.
  void require_energy() const;
  int neurons() const { return setup_.patterns.neurons(); }
  std::int64_t patterns() const { return setup_.patterns.count(); }
  bool is_adaptive() const { return setup_.parameters.solver == Solver::adaptive; }

  /// To time 0, after the state was replaced by one that is symmetric.
  void restart();
  /// After restart(): whether these states [neurons x neurons] of cues from `first` on are symmetric, as the energy
  /// needs.
  void note_symmetry(int first, std::span<const Real> synapses, std::span<const Real> processes);
  /// Whether s and p of a cue were symmetric whenever they were given; the flow keeps them so if the biases are.
  bool is_symmetric(int cue) const { return is_symmetric_[std::size_t(cue)] != 0; }

  /// Throws ConfigError unless the cue has these rows of the field.
  void check_rows(Field field, int cue, int first, int count) const;

  /// Brings the cues of `steps` from the stages known so far to the next one: 1 <= known <= stages, the last being the
  /// end of the step.
  virtual void advance_stage(int known, std::span<const CueStep> steps) = 0;
  /// Of the step just made, in the order of `steps`.
  virtual std::vector<StepNorms> norms(std::span<const CueStep> steps) = 0;
  /// Makes the end of the step just made the start of the next, in these of its cues; the others stay where they were.
  virtual void accept(std::span<const int> cues) = 0;
  /// x, s, p, currents and projections, of the size of the setup; the rest of a state is known here, symmetry before
  /// load_from.
  virtual void save_to(MemoryState<Real>& state) const = 0;
  virtual void load_from(const MemoryState<Real>& state) = 0;
  /// Elements of a field that exist.
  virtual void replace(Field field, int cue, std::size_t first, std::span<const Real> values) = 0;
  /// Computes anew what couples the synapses of a cue, after states were replaced.
  virtual void recouple(int cue) = 0;

  /// Of every cue the first neuron whose state or input is not finite, or -1.
  virtual std::vector<int> first_not_finite() = 0;

 private:
  void make_step(std::span<const CueStep> steps);

  MemorySetup setup_;
  std::string why_no_energy_;
  MemoryStateOwner owner_;
  bool has_started_ = false;
  std::vector<std::uint8_t> is_symmetric_;  // [cues]
  std::vector<StepControl> controls_;
};

/// Throws ConfigError if the parts of `setup` do not fit together. Every backend calls it first.
void check_setup(const MemorySetup& setup);

/// Whether these values [neurons x neurons] are symmetric; none are.
bool is_symmetric_matrix(const std::vector<double>& values, int neurons);

/// What errors call it: "associative memory of 500 neurons, 10 patterns and 1 cue".
std::string name_of(const MemorySetup& setup);

}  // namespace tripartite::memory
