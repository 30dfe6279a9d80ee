#pragma once

#include <utility>
#include <vector>

#include "kernels/network/device_population.hpp"
#include "kernels/stream.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::network::cuda {

/// What all networks on CUDA share: storage, fields, inputs, events, saved states and the words of faults.
template <class Real>
class CudaNetworkBase : public SimulationOf<Real, Network> {
 public:
  const std::vector<Field>& fields() const final { return fields_; }
  std::int64_t steps() const final { return steps_; }
  double dt() const final { return setup_.dt; }
  Backend backend() const final { return Backend::cuda; }
  Precision precision() const final { return sizeof(Real) == 8 ? Precision::float64 : Precision::float32; }
  std::vector<Event> take_events() final { return std::exchange(events_, {}); }
  double mean(std::size_t field) const final;

  void set_common(std::size_t population, std::string_view input, const Signal& common) final;
  void set_base(std::size_t population, std::string_view input, std::span<const double> base) final;
  void set_spikes(std::size_t population, std::shared_ptr<const SpikeSource> spikes) final;

  void save(std::ostream& out) const final;
  void load(std::istream& in) final;

 protected:
  explicit CudaNetworkBase(NetworkSetup setup);

  /// What the populations need, their order on the device being chosen. Common inputs are tabulated for so many steps.
  void prepare_populations(std::size_t course_steps);
  /// Allocates what was asked for in `memory_`, and copies the populations to the device.
  void allocate();

  void read_values(std::size_t field, std::size_t first, std::span<Real> values) const final;
  void gather_values(std::size_t field, std::span<const std::uint64_t> indices, std::span<Real> values) const final;
  void write_values(std::size_t field, std::size_t first, std::span<const Real> values) final;

  /// Throws NumericsError with what is told of by the key of a fault, found at time t [s].
  [[noreturn]] void throw_fault(unsigned long long key, double time) const;

  Stream stream_;
  NetworkSetup setup_;               // without the values that are on the device
  const std::uint64_t fingerprint_;  // of the complete setup
  DeviceMemory memory_;
  std::vector<DevicePopulation<Real>> populations_;
  std::vector<Event> events_;
  std::int64_t steps_ = 0;

 private:
  using Population = DevicePopulation<Real>;
  struct Place {  // of a field
    std::size_t population = 0;
    const DeviceBuffer<Real>* values = nullptr;
  };
  void add_fields();
  bool has_average(const Population& population) const {
    return setup_.slow_every > 1 && population.fast && population.slow;
  }
  DeviceInput<Real>& input_of(std::size_t population, std::string_view input);
  void read_from(const Population& population, const DeviceBuffer<Real>& buffer, std::size_t first,
                 std::span<Real> values) const;
  std::vector<Real> read_all(const Population& population, const DeviceBuffer<Real>& buffer) const;
  template <class Value>
  void write_to(const Population& population, DeviceBuffer<Value>& buffer, std::size_t first,
                std::span<const Value> values);
  void write_all(const Population& population, DeviceBuffer<Real>& buffer, const std::vector<Real>& values);
  void write_base(const Population& population, DeviceInput<Real>& input);

  std::vector<Field> fields_;
  std::vector<Place> places_;
  // Values on their way between the order of the device and the user's, a part of an array at a time.
  static constexpr std::size_t most_scratch = std::size_t(1) << 20;
  mutable DeviceBuffer<Real> scratch_;
  mutable DeviceBuffer<std::uint64_t> which_;
  mutable DeviceBuffer<double> block_sum_, double_scratch_;
  mutable std::vector<double> block_sums_;
};

}  // namespace tripartite::network::cuda
