#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace tripartite {

/// One array of a simulation: a state, or a quantity derived from states.
struct Field {
  std::string population;  // its owner: "synapses", "neurons", "head 3"
  std::string name;        // unique within the population
  std::string symbol;
  std::string unit;
  std::string meaning;
  std::size_t size = 0;  // values
  bool is_state = true;  // false: derived, cannot be written
};

/// A watched state of one element crossed its threshold upwards.
struct Event {
  double time = 0;               // [s]
  std::uint32_t population = 0;  // number of the population
  std::uint64_t index = 0;       // of the element within it
};

/// What the run loop, recorder, checkpoint and C++ user see of every simulator: named arrays that advance in time.
/// Fields are addressed by their place in `fields()`. Values are converted to and from the precision of the simulation.
/// Throws std::out_of_range on a field or range that does not exist.
class Simulation {
 public:
  virtual ~Simulation() = default;

  virtual const std::vector<Field>& fields() const = 0;
  /// The place of a field. Throws ConfigError that lists the fields if there is none of that name.
  std::size_t field(std::string_view population, std::string_view name) const;

  /// Values [first, first + values.size()) of a field.
  virtual void read(std::size_t field, std::size_t first, std::span<float> values) const = 0;
  virtual void read(std::size_t field, std::size_t first, std::span<double> values) const = 0;
  /// values[k] = element indices[k] of a field: for a few among many.
  virtual void gather(std::size_t field, std::span<const std::uint64_t> indices, std::span<float> values) const = 0;
  virtual void gather(std::size_t field, std::span<const std::uint64_t> indices, std::span<double> values) const = 0;
  /// Throws ConfigError if the field is derived.
  virtual void write(std::size_t field, std::size_t first, std::span<const float> values) = 0;
  virtual void write(std::size_t field, std::size_t first, std::span<const double> values) = 0;

  /// Advances by `duration` [s], a multiple of the time step (ConfigError otherwise). Throws NumericsError that names
  /// the state that left its domain, its index and the time; the events until then are in `take_events()`.
  virtual void advance(double duration) = 0;
  /// [s] since the run began.
  virtual double time() const = 0;
  /// Moves out the events since the last call, ordered by time, population, index.
  virtual std::vector<Event> take_events() = 0;

  /// Writes the complete state. A simulation of the same setup that loads it continues bit for bit as this one would.
  virtual void save(std::ostream& out) const = 0;
  /// Throws FileError if the stream is damaged or belongs to another setup; the simulation is then unchanged.
  virtual void load(std::istream& in) = 0;

  /// From now on `advance` asks `stop` several times a second, from any thread, and throws Cancelled once it says true.
  /// A simulation that was stopped like this is somewhere within its steps: only what it handed out before is of use.
  void stop_when(std::function<bool()> stop) { stop_ = std::move(stop); }

 protected:
  bool should_stop() const { return stop_ && stop_(); }
  /// Throws Cancelled if it should stop.
  void check_stop() const;
  /// Throw std::out_of_range if a field, or the values [first, first + count) or `indices` of it, are not there.
  void check_range(std::size_t field, std::size_t first, std::size_t count) const;
  void check_indices(std::size_t field, std::span<const std::uint64_t> indices) const;
  /// Throws std::out_of_range if the field is not there, ConfigError if it is derived.
  void check_state(std::size_t field) const;

 private:
  std::function<bool()> stop_;
};

/// Implements the checks of fields and ranges, and the conversions for a simulation whose states are of type Real.
/// `Base` is Simulation or an interface that extends it.
template <class Real, class Base = Simulation>
class SimulationOf : public Base {
 public:
  void read(std::size_t field, std::size_t first, std::span<float> values) const final {
    converted_read(field, first, values);
  }
  void read(std::size_t field, std::size_t first, std::span<double> values) const final {
    converted_read(field, first, values);
  }
  void gather(std::size_t field, std::span<const std::uint64_t> indices, std::span<float> values) const final {
    converted_gather(field, indices, values);
  }
  void gather(std::size_t field, std::span<const std::uint64_t> indices, std::span<double> values) const final {
    converted_gather(field, indices, values);
  }
  void write(std::size_t field, std::size_t first, std::span<const float> values) final {
    converted_write(field, first, values);
  }
  void write(std::size_t field, std::size_t first, std::span<const double> values) final {
    converted_write(field, first, values);
  }

 protected:
  // Called with fields and values that are there.
  virtual void read_values(std::size_t field, std::size_t first, std::span<Real> values) const = 0;
  virtual void gather_values(std::size_t field, std::span<const std::uint64_t> indices,
                             std::span<Real> values) const = 0;
  virtual void write_values(std::size_t field, std::size_t first, std::span<const Real> values) = 0;

 private:
  template <class Other>
  void converted_read(std::size_t field, std::size_t first, std::span<Other> values) const {
    this->check_range(field, first, values.size());
    if constexpr (std::is_same_v<Other, Real>) {
      read_values(field, first, values);
    } else {
      std::vector<Real> own(values.size());
      read_values(field, first, own);
      std::copy(own.begin(), own.end(), values.begin());
    }
  }
  template <class Other>
  void converted_gather(std::size_t field, std::span<const std::uint64_t> indices, std::span<Other> values) const {
    this->check_indices(field, indices);
    if constexpr (std::is_same_v<Other, Real>) {
      gather_values(field, indices, values);
    } else {
      std::vector<Real> own(values.size());
      gather_values(field, indices, own);
      std::copy(own.begin(), own.end(), values.begin());
    }
  }
  template <class Other>
  void converted_write(std::size_t field, std::size_t first, std::span<const Other> values) {
    this->check_state(field);
    this->check_range(field, first, values.size());
    if constexpr (std::is_same_v<Other, Real>) {
      write_values(field, first, values);
    } else {
      const std::vector<Real> own(values.begin(), values.end());
      write_values(field, first, own);
    }
  }
};

}  // namespace tripartite
