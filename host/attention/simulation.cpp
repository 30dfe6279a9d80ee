#include "tripartite/attention/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "host/run/state_stream.hpp"
#include "tripartite/error.hpp"

namespace tripartite::attention {
namespace {

constexpr double nanosecond = 1e-9;
constexpr std::string_view place_in_schedule = "attention schedule";

std::size_t size_of(Extent extent, const EngineSetup& setup) {
  const std::size_t width = std::size_t(setup.width), hidden = std::size_t(setup.hidden);
  switch (extent) {
    case Extent::width: return width;
    case Extent::hidden: return hidden;
    case Extent::synapse: return width * hidden;
  }
  return 0;
}

/// Kept once for many synapses.
bool is_shared(Field field) { return field == Field::store || field == Field::calcium; }

std::vector<tripartite::Field> fields_of(const EngineSetup& setup, int tokens) {
  std::vector<tripartite::Field> all;
  for (int head = 0; head < setup.heads(); ++head)
    for (const FieldInfo& each : attention::fields)
      all.push_back({fmt::format("head {}", head), std::string(each.name), std::string(each.symbol),
                     std::string(each.unit), std::string(each.meaning), size_of(each.extent, setup),
                     !is_shared(each.field)});
  all.push_back({"text", "outputs", "l", "1", "activity of the last layer at the end of each token's read",
                 std::size_t(tokens) * std::size_t(setup.heads()) * std::size_t(setup.width), false});
  return all;
}

template <class Real>
int tokens_of(const EngineSetup& setup, const LayerText<Real>& text) {
  const std::size_t row = std::size_t(setup.heads()) * std::size_t(std::max(setup.width, 0));
  const std::size_t tokens = row > 0 ? text.query.size() / row : 0;
  if (tokens == 0 || tokens > std::size_t(std::max(setup.tokens, 0)) || text.query.size() != tokens * row ||
      text.key.size() != text.query.size() || text.value.size() != text.query.size())
    throw ConfigError(
        fmt::format("text of {} query, {} key and {} value components: expected the same number of each, "
                    "for 1 to {} tokens of {} heads x {}",
                    text.query.size(), text.key.size(), text.value.size(), setup.tokens, setup.heads(), setup.width));
  return int(tokens);
}

}  // namespace

template <class Real>
AttentionSimulation<Real>::AttentionSimulation(Backend backend, const EngineSetup& setup, const LayerText<Real>& text,
                                               bool is_causal, int threads)
    : tokens_(tokens_of(setup, text)),
      engine_(make_engine<Real>(backend, setup, threads)),
      fields_(fields_of(setup, tokens_)),
      schedule_(schedule_of(setup.parameters, 0, tokens_, is_causal)),
      begin_{0},
      step_(setup.parameters.solver == Solver::exact ? nanosecond : setup.parameters.dt) {
  for (const ScheduledPhase& phase : schedule_) begin_.push_back(begin_.back() + phase.duration);
  engine_->load_tokens(0, tokens_, text.query.data(), text.key.data(), text.value.data());
}

template <class Real>
double AttentionSimulation<Real>::time() const {
  return begin_[place_] + double(done_) * step_;
}

template <class Real>
void AttentionSimulation<Real>::finish_phase() {
  const ScheduledPhase& phase = schedule_[place_];
  engine_->advance(phase.phase, phase.token,
                   done_ == 0 ? phase.duration : std::max(phase.duration - double(done_) * step_, 0.0));
  ++place_;
  done_ = 0;
  end_phase(*engine_, phase);
}

template <class Real>
void AttentionSimulation<Real>::advance(double duration) {
  const double left = this->duration() - time(), steps = duration / step_;
  const bool is_rest = std::abs(duration - left) <= 0.5 * step_;
  const double rounding = 1e-6 + 4 * std::numeric_limits<double>::epsilon() * std::abs(steps);
  if (!is_rest && !(duration >= 0 && duration < left))
    throw ConfigError(fmt::format("duration = {} s: must be in [0, {}], what is left of the schedule", duration, left));
  if (!is_rest && !(std::abs(steps - std::round(steps)) <= rounding))
    throw ConfigError(fmt::format("duration = {} s: must be a multiple of the time step {} s", duration, step_));
  const double end = is_rest ? this->duration() : time() + duration;
  while (place_ < schedule_.size()) {
    this->check_stop();
    if (begin_[place_ + 1] <= end + 0.5 * step_) {
      finish_phase();
      continue;
    }
    // Pieces are whole steps from the start of their phase, so that pieces that are alike share one plan.
    const auto reached = std::int64_t(std::llround((end - begin_[place_]) / step_));
    if (reached <= done_) return;
    engine_->advance(schedule_[place_].phase, schedule_[place_].token, double(reached - done_) * step_);
    done_ = reached;
    return;
  }
}

template <class Real>
int AttentionSimulation<Real>::tokens_read() const {
  return int(std::count_if(schedule_.begin(), schedule_.begin() + std::ptrdiff_t(place_),
                           [](const ScheduledPhase& phase) { return phase.phase == Phase::read; }));
}

namespace {

Field field_at(std::size_t place) { return attention::fields[place % attention::fields.size()].field; }
int head_at(std::size_t place) { return int(place / attention::fields.size()); }

}  // namespace

template <class Real>
std::vector<Real> AttentionSimulation<Real>::outputs() const {
  std::vector<Real> context(fields_.back().size);
  engine_->outputs(0, tokens_, context.data());
  return context;
}

template <class Real>
void AttentionSimulation<Real>::read_values(std::size_t field, std::size_t first, std::span<Real> values) const {
  const std::vector<Real> all =
      field + 1 == fields_.size() ? outputs() : engine_->field(field_at(field), head_at(field));
  std::copy_n(all.begin() + std::ptrdiff_t(first), values.size(), values.begin());
}

template <class Real>
void AttentionSimulation<Real>::gather_values(std::size_t field, std::span<const std::uint64_t> indices,
                                              std::span<Real> values) const {
  if (field + 1 < fields_.size()) {
    engine_->gather(field_at(field), head_at(field), indices, values);
    return;
  }
  const std::vector<Real> all = outputs();
  for (std::size_t k = 0; k < indices.size(); ++k) values[k] = all[indices[k]];
}

template <class Real>
void AttentionSimulation<Real>::write_values(std::size_t field, std::size_t first, std::span<const Real> values) {
  engine_->set_values(field_at(field), head_at(field), first, values);
}

template <class Real>
void AttentionSimulation<Real>::save(std::ostream& out) const {
  run::StateWriter writer(out, place_in_schedule);
  writer.write("tokens of the text", std::int32_t(tokens_));
  writer.write("phases", std::uint64_t(schedule_.size()));
  writer.write("phase", std::uint64_t(place_));
  writer.write("done", done_);
  engine_->save(out);
}

template <class Real>
void AttentionSimulation<Real>::load(std::istream& in) {
  run::StateReader reader(in, place_in_schedule);
  reader.require("tokens of the text", std::int32_t(tokens_));
  reader.require("phases", std::uint64_t(schedule_.size()));
  const auto place = reader.read<std::uint64_t>("phase");
  const auto done = reader.read<std::int64_t>("done");
  engine_->load(in);  // changes nothing if it throws
  place_ = std::size_t(place);
  done_ = done;
}

template class AttentionSimulation<float>;
template class AttentionSimulation<double>;

}  // namespace tripartite::attention
