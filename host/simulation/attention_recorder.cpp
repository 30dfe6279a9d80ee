#include "host/simulation/attention_recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "tripartite/attention/phase_plan.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

std::size_t elements_of(attention::Field field, int width, int hidden) {
  switch (attention::info(field).extent) {
    case attention::Extent::width: return std::size_t(width);
    case attention::Extent::hidden: return std::size_t(hidden);
    case attention::Extent::synapse: return std::size_t(width) * std::size_t(hidden);
  }
  return 0;
}

/// Synapses (i, j) = i m + j of different rows i and different hidden neurons j. Of slots, where a hidden neuron
/// belongs to a token, j are the first tokens, so that synapses are seen that are written one after the other. An even
/// spread of i m + j would take the same few j again and again.
std::vector<std::size_t> spread_synapses(std::size_t count, std::size_t width, std::size_t hidden, bool is_slots) {
  std::vector<std::size_t> chosen;
  const auto middle = [&](std::size_t n, std::size_t size) { return (2 * n + 1) * size / (2 * count); };
  for (std::size_t n = 0; n < count; ++n)
    chosen.push_back(middle(n, width) * hidden + (is_slots ? n : middle(n, hidden)));
  return chosen;
}

std::vector<std::size_t> chosen_elements(const config::Recording& recording, attention::Field field, std::size_t width,
                                         std::size_t hidden, bool is_slots) {
  const std::size_t size = elements_of(field, int(width), int(hidden));
  std::vector<std::size_t> chosen;
  for (const std::int64_t index : recording.indices) {
    if (std::size_t(index) >= size)
      throw ConfigError(fmt::format("recording.indices: {} does not exist, {} has {} elements per head", index,
                                    attention::info(field).name, size));
    chosen.push_back(std::size_t(index));
  }
  if (!chosen.empty()) return chosen;
  const std::size_t count = recording.elements == 0 ? size : std::min(size, std::size_t(recording.elements));
  // More than the hidden neurons would repeat themselves.
  if (attention::info(field).extent == attention::Extent::synapse && count <= hidden)
    return spread_synapses(count, width, hidden, is_slots);
  // Evenly spread, the ends left out: (n + 1/2) / count of the way.
  for (std::size_t n = 0; n < count; ++n) chosen.push_back((2 * n + 1) * size / (2 * count));
  return chosen;
}

/// How many times as long as others a recorded layer takes: `exact` cuts its panels at every frame, and has to follow
/// the output all the time instead of just before it is sampled.
double cost_of_frames(const attention::Parameters& parameters, double interval) {
  if (parameters.solver != attention::Solver::exact) return 1;
  const double rate[] = {1 / parameters.tau_calcium};
  const attention::PhasePlan read =
      attention::plan_phase(parameters, attention::Phase::read, parameters.read_time, 0, {}, rate);
  const int first = parameters.has_calcium_model() ? 0 : attention::first_relevant_panel(read, parameters.tau_output);
  const double frames = parameters.read_time / interval;
  return std::max(frames, double(read.panels())) / double(read.panels() - first);
}

}  // namespace

std::pair<int, int> find_head(const std::string& text, const transformer::AttentionShape& shape, const char* key) {
  std::pair<int, int> found{0, 0};
  const auto colon = text.find(':');
  std::from_chars(text.data(), text.data() + colon, found.first);
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), found.second);
  if (found.first >= shape.layers || found.second >= shape.heads)
    throw ConfigError(fmt::format("{} = \"{}\": the model has layers 0 to {} with heads 0 to {}", key, text,
                                  shape.layers - 1, shape.heads - 1));
  return found;
}

AttentionRecorder::AttentionRecorder(const config::Recording& recording, const attention::Parameters& parameters,
                                     const transformer::AttentionShape& shape, int hidden, RunListener& listener,
                                     AttendResult& result)
    : listener_(listener), result_(result), layers_(shape.layers) {
  std::map<int, std::vector<int>> heads;  // by layer
  for (const std::string& text : recording.heads) {
    const auto [layer, head] = find_head(text, shape, "recording.heads");
    heads[layer].push_back(head);
  }
  if (!heads.empty()) {
    result_.recorded_layer = heads.begin()->first;
    head_ = heads.begin()->second.front();
  }
  if (recording.interval == 0) return;
  const bool is_slots = result_.feature == attention::Feature::slots;
  for (const attention::Field field : recording.fields)
    result_.recordings.push_back({.field = field, .ids = {}, .times = {}, .values = {}});
  for (const auto& [layer, chosen] : heads) {
    attention::Recording plan;
    plan.layer = layer;
    plan.interval = recording.effective_interval(parameters);
    std::vector<Target> targets;
    for (std::size_t population = 0; population < recording.fields.size(); ++population) {
      const attention::Field field = recording.fields[population];
      const std::size_t size = elements_of(field, shape.head_size, hidden);
      for (const int head : chosen)
        for (const std::size_t element :
             chosen_elements(recording, field, std::size_t(shape.head_size), std::size_t(hidden), is_slots)) {
          auto& ids = result_.recordings[population].ids;
          plan.probes.push_back({field, head, element});
          targets.push_back({population, ids.size()});
          ids.push_back((std::uint64_t(layer) * std::uint64_t(shape.heads) + std::uint64_t(head)) * size + element);
        }
    }
    recorded_cost_ = cost_of_frames(parameters, plan.interval);
    recordings_.push_back(std::move(plan));
    targets_.push_back(std::move(targets));
  }
}

void AttentionRecorder::expect(double seconds, std::function<bool()> is_kept) {
  expected_ = seconds;
  is_kept_ = std::move(is_kept);
  std::vector<WorkEstimate::Part> parts(std::size_t(layers_), WorkEstimate::Part{0, 1});
  for (const attention::Recording& recorded : recordings_) parts[std::size_t(recorded.layer)] = {1, recorded_cost_};
  estimate_.emplace(std::move(parts));
  estimate_->begin(0);
}

double AttentionRecorder::share_of_unrecorded_layer() const {
  const auto recorded = double(recordings_.size());
  return 1 / (layers_ - recorded + recorded * recorded_cost_);
}

void AttentionRecorder::advanced(int layer, attention::Phase phase, int token, double begin, double end) {
  if (layer == result_.recorded_layer) result_.phases.push_back({phase, token, begin, end});
  if (!estimate_) return;
  for (; present_ < layer; estimate_->begin(++present_)) is_present_kept_ ? estimate_->skip() : estimate_->end();
  is_present_kept_ = is_kept_();
  if (is_present_kept_) return;
  listener_.progress("integrating", estimate_->fraction(std::min(1.0, end / expected_)));
}

void AttentionRecorder::recorded(int layer, std::span<const double> times, std::span<const double> values) {
  std::size_t plan = 0;
  while (recordings_[plan].layer != layer) ++plan;
  const auto& targets = targets_[plan];
  for (std::size_t frame = 0; frame < times.size(); ++frame) {
    // Every recorded layer has a clock of its own that starts at 0, and all see the same schedule: a frame of a later
    // layer completes the row that an earlier layer began.
    for (RecordedField& field : result_.recordings) {
      const auto row = std::lower_bound(field.times.begin(), field.times.end(), times[frame] - 1e-9);
      if (row == field.times.end()) {
        field.times.push_back(times[frame]);
        field.values.resize(field.values.size() + field.ids.size(), 0.0f);
      }
    }
    for (std::size_t probe = 0; probe < targets.size(); ++probe) {
      RecordedField& field = result_.recordings[targets[probe].population];
      const auto row = std::size_t(std::lower_bound(field.times.begin(), field.times.end(), times[frame] - 1e-9) -
                                   field.times.begin());
      field.values[row * field.ids.size() + targets[probe].column] = float(values[frame * targets.size() + probe]);
    }
  }
}

}  // namespace tripartite::simulation
