#include "tripartite/memory/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "host/run/state_stream.hpp"
#include "tripartite/error.hpp"

namespace tripartite::memory {
namespace {

constexpr std::string_view clock_of_cues = "memory clock";
constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max() / 2;

std::vector<tripartite::Field> fields_of(const MemorySetup& setup) {
  const std::size_t n = std::size_t(setup.patterns.neurons());
  std::vector<tripartite::Field> all;
  for (int cue = 0; cue < setup.cues; ++cue)
    for (const FieldInfo& each : memory::fields)
      all.push_back({fmt::format("cue {}", cue), std::string(each.name), std::string(each.symbol),
                     std::string(each.unit), std::string(each.meaning), each.is_pair ? n * n : n, true});
  return all;
}

Field field_at(std::size_t place) { return memory::fields[place % memory::fields.size()].field; }
int cue_at(std::size_t place) { return int(place / memory::fields.size()); }

}  // namespace

template <class Real>
MemorySimulation<Real>::MemorySimulation(Backend backend, const MemorySetup& setup, std::span<const Real> neurons,
                                         Regime regime, int threads)
    : neurons_(setup.patterns.neurons()),
      cues_(setup.cues),
      has_steps_of_one_length_(setup.parameters.solver != Solver::adaptive),
      dt_(setup.parameters.dt),
      engine_(make_memory_engine<Real>(backend, setup, threads)),
      fields_(fields_of(setup)) {
  engine_->start(neurons, regime);
}

template <class Real>
void MemorySimulation<Real>::advance(double duration) {
  if (!(duration >= 0 && std::isfinite(duration)))
    throw ConfigError(fmt::format("duration = {} s: must be finite and not negative", duration));
  double end = time_ + duration;
  if (has_steps_of_one_length_) {
    const double steps = duration / dt_, rounding = 1e-6 + 4 * std::numeric_limits<double>::epsilon() * steps;
    if (!(std::abs(steps - std::round(steps)) <= rounding))
      throw ConfigError(fmt::format("duration = {} s: must be a multiple of the time step dt = {} s", duration, dt_));
    end = (std::round(time_ / dt_) + std::round(steps)) * dt_;
  }
  if (duration == 0) return;
  engine_->advance(no_limit, end);
  time_ = end;
}

template <class Real>
bool MemorySimulation<Real>::is_settled() const {
  for (int cue = 0; cue < cues_; ++cue)
    if (!engine_->status(cue).is_settled) return false;
  return true;
}

template <class Real>
void MemorySimulation<Real>::read_values(std::size_t field, std::size_t first, std::span<Real> values) const {
  if (values.empty()) return;
  const std::size_t n = std::size_t(neurons_), row = first / n, last = (first + values.size() - 1) / n;
  const std::vector<Real> rows = engine_->rows(field_at(field), cue_at(field), int(row), int(last - row) + 1);
  std::copy_n(rows.begin() + std::ptrdiff_t(first - row * n), values.size(), values.begin());
}

template <class Real>
void MemorySimulation<Real>::gather_values(std::size_t field, std::span<const std::uint64_t> indices,
                                           std::span<Real> values) const {
  const std::size_t n = std::size_t(neurons_);
  std::size_t held = n;  // the row in `row`
  std::vector<Real> row;
  for (std::size_t k = 0; k < indices.size(); ++k) {
    if (indices[k] / n != held) {
      held = indices[k] / n;
      row = engine_->rows(field_at(field), cue_at(field), int(held), 1);
    }
    values[k] = row[indices[k] % n];
  }
}

template <class Real>
void MemorySimulation<Real>::write_values(std::size_t field, std::size_t first, std::span<const Real> values) {
  if (!values.empty()) engine_->set_values(field_at(field), cue_at(field), first, values, time_);
}

template <class Real>
void MemorySimulation<Real>::save(std::ostream& out) const {
  run::StateWriter writer(out, clock_of_cues);
  writer.write("time", time_);
  engine_->save(out);
}

template <class Real>
void MemorySimulation<Real>::load(std::istream& in) {
  run::StateReader reader(in, clock_of_cues);
  const double time = reader.read<double>("time");
  engine_->load(in);  // changes nothing if it throws
  time_ = time;
}

template class MemorySimulation<float>;
template class MemorySimulation<double>;

}  // namespace tripartite::memory
