#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "host/linear_algebra/parallel.hpp"
#include "host/network/cpu_kernels.hpp"
#include "host/network/segmented_sum.hpp"
#include "host/simd/aligned.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::network {

/// One state of all neurons, synapses or somata, and where it lies among all states of a network.
struct Block {
  const char* owner = nullptr;
  const char* state = nullptr;
  double highest = 0;               // 0: no bound
  bool is_watched_by_pass = false;  // that it stays in its domain
  std::size_t first = 0, size = 0;
};

/// How many times the states are kept: in methods of one stage once.
std::size_t copies_of_states(const NetworkSetup& setup);

/// What every solver of a network on the CPU shares: its states, its connectivity, and the evaluation of all right-hand
/// sides, each with what it sees of the others.
template <class Real>
class CpuCircuit : public Network<Real> {
 public:
  std::int64_t steps() const final { return steps_; }
  std::span<const Real> rates() const final { return shown(rate_); }
  std::span<const Real> synapses(synapse::StateIndex state) const final { return shown(synapse_[state]); }
  void read(synapse::StateIndex state, std::span<const std::uint64_t> which, std::span<Real> values) const final;
  double mean(synapse::StateIndex state) const final;
  std::span<const Real> bare_utilisation() const final { return shown(bare_u_); }
  std::span<const Real> bare_resources() const final { return shown(bare_x_); }
  std::span<const Real> somata(astrocyte::SomaState state) const final { return shown(soma_[state]); }
  std::span<const Real> junction_currents() const final { return exchanged_; }
  std::vector<synapse::Release> take_releases() final { return std::exchange(releases_, {}); }

 protected:
  /// Throws MemoryError if it needs more than there is.
  explicit CpuCircuit(NetworkSetup setup);

  /// One stage of all states of the stage's clock, from the states `at()` with slopes or their sums in `slopes`;
  /// `couples`: with a new look at what couples the parts of the network.
  void pass(const cpu::Stage<Real>& stage, Real dt, Real* slopes, bool couples, bool is_step_end,
            const Stimulus& stimulus);

  /// Calls task(first, last) for parts of [0, size), by several threads; a part begins at a multiple of its size.
  template <class Task>
  void in_parts(std::size_t size, const Task& task) const {
    constexpr std::size_t part = 8192;
    linear_algebra::run_parallel(
        int((size + part - 1) / part),
        [&](int index, int) { task(std::size_t(index) * part, std::min((std::size_t(index) + 1) * part, size)); },
        threads_);
  }

  /// Of one synapse, with those that vary.
  synapse::Parameters<Real> parameters_of(std::size_t synapse) const;
  /// Releases at time t of what crossed in the passes since the last call.
  void note_releases(double t);
  /// Throws NumericsError if a state is outside its domain at time t. The last stage of a step looks at tripartite
  /// synapses itself: `again` looks at them, too.
  void watch(double t, bool again) const;

  NetworkSetup setup_;
  std::array<Block, synapse::state_count> synapse_;
  std::vector<Block> blocks_;             // all of them
  AlignedVector<Real> y_, at_;            // all states; those of the present stage, where it has some of its own
  const Real* shown_ = nullptr;           // the states that a caller sees
  const Real* calcium_before_ = nullptr;  // of all synapses, at the beginning of a step that ends with a stage
  AlignedVector<Real> receptor_sum_;  // with two clocks: of all synapses, over the substeps since the last slow step
  std::vector<synapse::Release> releases_;
  std::int64_t steps_ = 0;
  const int threads_;

 private:
  struct Worker {
    std::vector<Index> crossings;
    bool has_fault = false;
  };

  /// The states of the present stage: those of the network, if every stage is a whole substep.
  Real* at() { return at_.empty() ? y_.data() : at_.data(); }
  std::span<const Real> shown(const Block& block) const { return {shown_ + block.first, block.size}; }
  Block add_block(Block block, double initial);
  void add_states();
  void connect();
  void couple_neurons();
  void couple_astrocytes();
  void advance_synapses(const cpu::Stage<Real>& stage, Real dt, Real* slopes, bool is_step_end);
  void advance_tile(cpu::StageRun<Real> run, std::int64_t first, std::int64_t last, Worker& worker);
  void advance_bare(const cpu::Stage<Real>& stage, Real dt, Real* slopes, std::size_t first);
  void gather_input(const Stimulus& stimulus);
  void advance_neurons(const cpu::Stage<Real>& stage, Real dt, Real* slopes);
  void advance_somata(const cpu::Stage<Real>& stage, Real dt, Real* slopes, bool has_bias);
  void step_state(const cpu::Stage<Real>& stage, Real dt, Real* slopes, std::size_t i, Real gain, Real loss);

  cpu::StageKernel<Real> kernel_;
  synapse::Parameters<Real> p_;

  Block rate_, bare_u_, bare_x_;
  std::array<Block, astrocyte::soma_states> soma_;

  std::vector<AlignedVector<Real>> varied_;
  AlignedVector<Real> flow_, seen_rate_, seen_ip3_;
  std::vector<Real> current_, exchanged_;
  std::vector<double> drive_, process_sum_;
  std::vector<Index> pre_, astrocyte_;
  SegmentedSum onto_neuron_, of_astrocyte_;
  Neighbours junctions_;
  std::vector<Worker> workers_;
};

template <class Real>
std::unique_ptr<Network<Real>> make_fixed_cpu_network(NetworkSetup setup);
template <class Real>
std::unique_ptr<Network<Real>> make_adaptive_cpu_network(NetworkSetup setup);

}  // namespace tripartite::network
