#include "host/report/attend/synapse_traces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>

#include "host/report/statistics.hpp"
#include "host/report/summary.hpp"
#include "tripartite/error.hpp"

namespace tripartite::report::attend {
namespace {

constexpr int shown_tokens = 4;
constexpr std::size_t shown_synapses = 4;
constexpr std::size_t looked_at = 64;  // number of synapses from which the shown ones are chosen
constexpr double same_time = 1e-6;     // [s]

struct Shown {
  const char* population;
  const char* symbol;
  const char* meaning;
};
constexpr std::array<Shown, 3> shown_fields{
    {{"calcium", "p", "calcium p [1]"}, {"store", "g", "store g [1]"}, {"hebbian", "H", "Hebbian H [1]"}}};

/// One population of a SONATA frame report.
struct Population {
  std::vector<std::int64_t> nodes;  // node of each column
  double start = 0, step = 0;       // [s]
  std::size_t frames = 0;
  std::vector<double> values;  // [frames x columns]

  double time(std::size_t frame) const { return start + step * static_cast<double>(frame); }
  std::vector<double> column(std::size_t column, std::size_t first, std::size_t count) const {
    std::vector<double> chosen;
    for (std::size_t frame = first; frame < first + count; ++frame)
      chosen.push_back(values[frame * nodes.size() + column]);
    return chosen;
  }
};

Population read_population(const io::Hdf5File& file, const std::string& group) {
  Population population;
  auto [shape, values] = read_ranked(file, group + "/data", 2);
  const auto nodes = file.read<std::int64_t>(group + "/mapping/node_ids").values;
  const auto begins = file.read<std::int64_t>(group + "/mapping/index_pointers").values;
  const auto time = file.read<double>(group + "/mapping/time").values;
  if (time.size() != 3 || begins.size() != nodes.size() + 1 || begins.front() != 0 ||
      !std::is_sorted(begins.begin(), begins.end()) || begins.back() != static_cast<std::int64_t>(shape[1]))
    throw FileError(fmt::format("{}: {}: expected a SONATA frame report: data [time x element] and its mapping",
                                file.current_path().string(), group));
  for (std::size_t node = 0; node < nodes.size(); ++node)
    for (std::int64_t column = begins[node]; column < begins[node + 1]; ++column)
      population.nodes.push_back(nodes[node]);
  const auto units = file.read_attribute<std::string>(group + "/mapping/time", "units");
  if (units != "ms" && units != "s")
    throw FileError(fmt::format("{}: {}/mapping/time: units = \"{}\": expected ms or s", file.current_path().string(),
                                group, units));
  const double second = units == "s" ? 1 : 1e-3;
  population.start = time[0] * second;
  population.step = time[2] * second;
  population.frames = shape[0];
  population.values = std::move(values);
  return population;
}

std::vector<PhaseSpan> read_phases(const std::optional<io::Hdf5File>& file, double until) {
  std::vector<PhaseSpan> phases;
  if (!file || !file->contains("/phases")) return phases;
  const auto kinds = file->read<std::string>("/phases/kind").values;
  const auto begins = file->read<double>("/phases/begin").values, ends = file->read<double>("/phases/end").values;
  const auto tokens = file->read<std::int32_t>("/phases/token").values;
  if (begins.size() != kinds.size() || ends.size() != kinds.size() || tokens.size() != kinds.size())
    throw FileError(file->current_path().string() + ": /phases: kind, begin, end and token must have equal lengths");
  for (std::size_t i = 0; i < kinds.size(); ++i)
    if (ends[i] <= until + same_time) phases.push_back({kinds[i], begins[i], ends[i], tokens[i]});
  return phases;
}

/// Contiguous phases of tokens [first, first + shown_tokens) and of a delay that belongs to all tokens.
std::vector<Stretch> stretches_of(const std::vector<PhaseSpan>& phases, int first) {
  const auto delays =
      std::count_if(phases.begin(), phases.end(), [](const auto& each) { return each.kind == "delay"; });
  std::vector<Stretch> stretches;
  for (const PhaseSpan& phase : phases) {
    const bool is_shown = phase.token >= first && phase.token < first + shown_tokens;
    if (!is_shown && !(phase.kind == "delay" && delays == 1)) continue;
    if (stretches.empty() || phase.begin > stretches.back().end + same_time)
      stretches.push_back({phase.begin, phase.end, {}});
    stretches.back().end = phase.end;
    stretches.back().phases.push_back(phase);
  }
  return stretches;
}

/// Change of `values` during each token's write, relative to the largest value.
std::vector<double> activity(const Population& population, const std::vector<double>& values,
                             const std::vector<PhaseSpan>& phases, int tokens) {
  std::vector<double> change(static_cast<std::size_t>(tokens), 0.0);
  double scale = 0;
  for (const double value : values) scale = std::fmax(scale, std::abs(value));
  const auto at = [&](double time) {
    const double frame = std::round((time - population.start) / population.step);
    return values[static_cast<std::size_t>(std::clamp(frame, 0.0, static_cast<double>(values.size() - 1)))];
  };
  for (const PhaseSpan& phase : phases)
    if (const double moved = std::abs(at(phase.end) - at(phase.begin));
        phase.kind == "write" && phase.token >= 0 && scale > 0 && std::isfinite(moved))
      change[static_cast<std::size_t>(phase.token)] += moved / scale;
  return change;
}

double window_sum(const std::vector<double>& change, int first) {
  const auto begin = change.begin() + first;
  return std::accumulate(begin, begin + std::min<std::ptrdiff_t>(shown_tokens, change.end() - begin), 0.0);
}

/// The first tokens, unless other tokens change the synapses much more.
int choose_tokens(const std::vector<std::vector<double>>& changes) {
  const int windows = std::max(1, static_cast<int>(changes.front().size()) - shown_tokens + 1);
  std::vector<double> sums(static_cast<std::size_t>(windows), 0.0);
  for (const auto& change : changes)
    for (int first = 0; first < windows; ++first) sums[static_cast<std::size_t>(first)] += window_sum(change, first);
  const auto most = std::max_element(sums.begin(), sums.end());
  return sums.front() >= 0.5 * *most ? 0 : static_cast<int>(most - sums.begin());
}

/// Names of synapse (i, j) and its head from node_id = (layer * heads + head) * (d m) + i m + j.
struct Naming {
  std::int64_t per_head = 0, hidden = 0, heads = 0;

  explicit Naming(const RunFiles& run) {
    const double of_head = number_at(run.summary, "/results/heads/0/synapses"),
                 width = number_at(run.summary, "/results/width"),
                 highest = largest(numbers_of(part_at(run.summary, "/results/heads"), "head"));
    if (!(of_head >= width && width >= 1 && highest >= 0)) return;
    per_head = static_cast<std::int64_t>(of_head);
    hidden = per_head / static_cast<std::int64_t>(width);
    heads = static_cast<std::int64_t>(highest) + 1;
  }
  std::int64_t head(std::int64_t node) const { return per_head > 0 ? node / per_head : 0; }
  std::string head_name(std::int64_t node) const {
    return per_head > 0 ? fmt::format("layer {}, head {}", head(node) / heads, head(node) % heads) : "one head";
  }
  std::string name(std::int64_t node) const {
    if (hidden <= 0) return fmt::format("synapse {}", node);
    const std::int64_t index = node % per_head;
    return fmt::format("({}, {})", index / hidden, index % hidden);
  }
};

std::optional<std::size_t> column_of(const Population& population, std::int64_t node) {
  const auto found = std::find(population.nodes.begin(), population.nodes.end(), node);
  if (found == population.nodes.end()) return std::nullopt;
  return static_cast<std::size_t>(found - population.nodes.begin());
}

}  // namespace

SynapseTraces read_synapse_traces(const RunFiles& run) {
  SynapseTraces traces;
  const io::Hdf5File& file = *run.recordings;
  std::vector<std::pair<const Shown*, Population>> populations;
  for (const Shown& shown : shown_fields)
    if (const std::string group = fmt::format("/report/{}", shown.population); file.contains(group))
      if (Population population = read_population(file, group); population.frames > 1 && population.step > 0)
        populations.emplace_back(&shown, std::move(population));
  if (populations.empty()) return traces;

  // The synapses of one head that were recorded in every field; the last field, H, decides which are shown.
  const Naming naming(run);
  const Population& guide = populations.back().second;
  std::vector<std::int64_t> nodes;
  for (const std::int64_t node : guide.nodes)
    if (nodes.size() < looked_at && naming.head(node) == naming.head(guide.nodes.front()) &&
        std::all_of(populations.begin(), populations.end(),
                    [&](const auto& each) { return column_of(each.second, node); }))
      nodes.push_back(node);
  if (nodes.empty()) return traces;

  const auto phases = read_phases(run.attention, guide.time(guide.frames - 1));
  int tokens = 0;
  for (const PhaseSpan& phase : phases) tokens = std::max(tokens, phase.token + 1);
  std::vector<std::vector<double>> changes;
  changes.reserve(nodes.size());
  for (const std::int64_t node : nodes)
    changes.push_back(activity(guide, guide.column(*column_of(guide, node), 0, guide.frames), phases, tokens));
  const int first = choose_tokens(changes);
  traces.stretches = stretches_of(phases, first);
  if (traces.stretches.empty())
    traces.stretches.push_back({guide.start, std::min(guide.time(guide.frames - 1), guide.start + 3), {}});

  std::vector<std::size_t> order(nodes.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
    return tokens > 0 && window_sum(changes[a], first) > window_sum(changes[b], first);
  });
  std::size_t busy = 0;  // unchanged synapses are not drawn, except one for comparison
  while (busy < order.size() && tokens > 0 && window_sum(changes[order[busy]], first) > 0.01) ++busy;
  order.resize(std::min({order.size(), shown_synapses, busy == 0 ? order.size() : busy + 1}));
  std::sort(order.begin(), order.end());

  const auto frame_at = [&](double time) {
    return static_cast<std::size_t>(std::clamp((time - guide.start) / guide.step, 0.0, double(guide.frames - 1)));
  };
  const std::size_t begin = frame_at(traces.stretches.front().begin - same_time);
  const std::size_t end = std::min(guide.frames, frame_at(traces.stretches.back().end + same_time) + 2);
  for (std::size_t frame = begin; frame < end; ++frame) traces.time.push_back(guide.time(frame));
  for (const std::size_t chosen : order) traces.synapses.push_back(naming.name(nodes[chosen]));
  traces.head = naming.head_name(nodes.front());
  for (const auto& [shown, population] : populations) {
    if (population.frames != guide.frames || population.step != guide.step || population.start != guide.start) continue;
    TraceField field{shown->symbol, shown->meaning, {}};
    for (const std::size_t chosen : order)
      field.values.push_back(population.column(*column_of(population, nodes[chosen]), begin, end - begin));
    traces.fields.push_back(std::move(field));
  }
  return traces;
}

}  // namespace tripartite::report::attend
