#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "host/linear_algebra/parallel.hpp"
#include "host/simd/aligned.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite {

/// Elements are stored in groups of so many (the widest register of float32), the last one filled up with copies that
/// count for nothing.
inline constexpr std::size_t padding = 16;
constexpr std::size_t padded(std::size_t size) { return (size + padding - 1) / padding * padding; }

/// One input of a population on the CPU.
template <class Real>
struct CpuInput {
  Signal common;
  AlignedVector<Real> factor;  // [elements], or empty
  std::vector<double> base;    // [elements], or empty
  AlignedVector<Real> value;   // [elements] base, or sums of projections; empty if there are none
  AlignedVector<Index> index;  // [elements] of a gather projection, or empty
  bool is_summed = false;      // by projections
};

/// A population in the memory of the CPU. Its states are `elements.state`, parts of the network's one array.
template <class Real>
struct CpuPopulation {
  std::string name;
  const Model* model = nullptr;
  CpuLoops<Real> loops;
  std::size_t size = 0;
  std::vector<std::size_t> first;  // [states] of each among all states
  std::size_t first_field = 0;
  Elements<Real> elements;
  std::vector<AlignedVector<Real>> varied;
  std::vector<CpuInput<Real>> inputs;
  AlignedVector<Real> average_sum;  // with two clocks
  AlignedVector<Real> step_size;    // adaptive methods of each element
  std::vector<AlignedVector<Real>> outputs;
  std::shared_ptr<const SpikeSource> spikes;

  const ModelDescription& description() const { return model->description; }
  std::size_t states() const { return first.size(); }
  bool has_fast() const { return fast; }
  bool has_slow() const { return slow; }
  bool fast = false, slow = false;
};

/// What all networks on the CPU share: storage, fields, inputs, events and the numerics watch.
template <class Real>
class CpuNetworkBase : public SimulationOf<Real, Network> {
 public:
  const std::vector<Field>& fields() const final { return fields_; }
  std::int64_t steps() const final { return steps_; }
  double dt() const final { return setup_.dt; }
  Backend backend() const final { return Backend::cpu; }
  Precision precision() const final { return sizeof(Real) == 8 ? Precision::float64 : Precision::float32; }
  std::vector<Event> take_events() final { return std::exchange(events_, {}); }
  double mean(std::size_t field) const final;

  void set_common(std::size_t population, std::string_view input, const Signal& common) override;
  void set_base(std::size_t population, std::string_view input, std::span<const double> base) override;
  void set_spikes(std::size_t population, std::shared_ptr<const SpikeSource> spikes) override;

  void save(std::ostream& out) const final;
  void load(std::istream& in) final;

 protected:
  explicit CpuNetworkBase(NetworkSetup setup);

  void read_values(std::size_t field, std::size_t first, std::span<Real> values) const final;
  void gather_values(std::size_t field, std::span<const std::uint64_t> indices, std::span<Real> values) const final;
  void write_values(std::size_t field, std::size_t first, std::span<const Real> values) override;

  /// The states that a caller sees; those of the network unless a derived class looks between its steps.
  virtual const Real* shown() const { return y_.data(); }
  /// A copy of a part of the state beyond states and inputs.
  struct Extra {
    std::string name;
    std::vector<std::byte> bytes;
  };
  virtual std::vector<Extra> extra_state() const { return {}; }
  /// Before an input or a state is changed from outside, and after a state was.
  virtual void changed() {}
  virtual void written() {}
  /// After states were loaded: `extras` as extra_state() gave them.
  virtual void loaded(std::span<const Extra>) {}

  /// Where a worker thread notes what happens in a tile.
  struct Worker {
    std::vector<Arrival> arrivals;
    std::vector<Crossing> crossings;
    std::vector<Event> events;
    Fault fault;  // the first, by state, then element
    bool is_stuck = false, is_full = false;
  };
  /// Clears what workers noted.
  void begin_window();
  /// Sorts and appends their events.
  void collect_events();
  /// Throws NumericsError if a worker found a fault in `population`.
  void throw_fault(std::size_t population, double time) const;
  static void note_fault(Worker& worker, const Tile<Real>& tile, std::size_t size);

  /// Calls task(first, last) for parts of [0, size), by several threads; a part begins at a multiple of its size.
  template <class Task>
  void in_parts(std::size_t size, const Task& task) const {
    constexpr std::size_t part = 8192;
    linear_algebra::run_parallel(
        int((size + part - 1) / part),
        [&](int index, int) { task(std::size_t(index) * part, std::min((std::size_t(index) + 1) * part, size)); },
        threads_);
  }

  static constexpr std::size_t tile = 512;  // elements that a thread takes at once

  NetworkSetup setup_;               // without the values that populations_ has
  const std::uint64_t fingerprint_;  // of the complete setup
  std::vector<CpuPopulation<Real>> populations_;
  AlignedVector<Real> y_;  // all states
  std::vector<Worker> workers_;
  std::vector<Event> events_;
  std::int64_t steps_ = 0;
  const int threads_;

 private:
  struct Place {  // of a field
    std::size_t population = 0;
    int state = -1;  // or
    int input = -1;
  };
  std::span<const Real> values_of(std::size_t field) const;
  void add_population(PopulationSetup& setup);
  void add_inputs(PopulationSetup& setup, CpuPopulation<Real>& population);
  void add_fields();

  std::vector<Field> fields_;
  std::vector<Place> places_;
};

template <class Real>
std::unique_ptr<Network> make_window_network(NetworkSetup setup);
template <class Real>
std::unique_ptr<Network> make_stage_network(NetworkSetup setup);
template <class Real>
std::unique_ptr<Network> make_adaptive_network(NetworkSetup setup);

}  // namespace tripartite
