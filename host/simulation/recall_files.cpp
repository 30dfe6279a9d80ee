#include "host/simulation/recall_files.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "host/io/hdf5_file.hpp"

namespace tripartite::simulation {
namespace {

using memory::Recalled;
using nlohmann::ordered_json;

/// States are kept of so many cues: a file for looking at, not a copy of every network.
constexpr std::size_t most_states = 100;

/// One value of every cue.
template <class Get>
auto of_each(const RecallResult& result, Get get) {
  std::vector<decltype(get(result.cues.front()))> values;
  for (const Recalled& cue : result.cues) values.push_back(get(cue));
  return values;
}

void write_states(io::Hdf5File& file, const RecallResult& result) {
  const std::size_t count = std::min(result.cues.size(), most_states), n = std::size_t(result.patterns.neurons());
  std::vector<float> stored, begin, end;
  for (std::size_t i = 0; i < count; ++i) {
    const Recalled& cue = result.cues[i];
    for (std::size_t neuron = 0; neuron < n; ++neuron)
      stored.push_back(float(result.patterns.sign(int(neuron), cue.pattern)));
    for (const double x : cue.cue) begin.push_back(float(x));
    for (const double x : cue.neurons) end.push_back(float(x));
  }
  const auto write = [&](const std::string& name, const std::vector<float>& values) {
    file.write<float>("/states/" + name, {count, n}, values);
  };
  write("pattern", stored);
  write("begin", begin);
  write("end", end);
  file.write_attribute("/states", "width", std::int64_t(result.width));
  file.write_attribute("/states", "height", std::int64_t(result.height));
}

/// Traces of all cues as one matrix: those that settled before the others stay where they ended.
void write_trace(io::Hdf5File& file, const std::string& name, const RecallResult& result,
                 std::vector<double> Recalled::*trace) {
  std::size_t frames = 0;
  for (const Recalled& cue : result.cues) frames = std::max(frames, (cue.*trace).size());
  if (frames == 0) return;
  std::vector<double> values;
  for (const Recalled& cue : result.cues) {
    values.insert(values.end(), (cue.*trace).begin(), (cue.*trace).end());
    values.insert(values.end(), frames - (cue.*trace).size(), (cue.*trace).back());
  }
  file.write<double>("/traces/" + name, {result.cues.size(), frames}, values);
}

}  // namespace

ordered_json results_of(const RecallResult& result) {
  const double rise = result.energy_rise_max();
  ordered_json results{{"neurons", result.patterns.neurons()},
                       {"patterns", result.patterns.count()},
                       {"memory_weight", result.parameters.memory_weight},
                       {"recalled_fraction", result.recalled_fraction()},
                       {"wrong_signs", of_each(result, [](const Recalled& cue) { return cue.wrong_after; })},
                       {"wrong_signs_of_cue", of_each(result, [](const Recalled& cue) { return cue.wrong_before; })},
                       {"overlap", of_each(result, [](const Recalled& cue) { return cue.overlap; })},
                       {"steps", of_each(result, [](const Recalled& cue) { return cue.status.steps; })},
                       {"time", of_each(result, [](const Recalled& cue) { return cue.status.time; })},
                       {"settled", of_each(result, [](const Recalled& cue) { return cue.status.is_settled; })},
                       {"energy_rise_max", std::isfinite(rise) ? ordered_json(rise) : ordered_json()}};
  if (!result.why_no_energy.empty()) results["why_no_energy"] = result.why_no_energy;
  if (!result.names.empty()) results["images"] = result.names;
  return results;
}

void write_recall_file(const std::filesystem::path& path, const RecallResult& result) {
  if (result.cues.empty()) return;
  io::Hdf5File file = io::Hdf5File::create(path);
  file.write_attribute("/", "schema", std::int64_t(1));
  const auto patterns = of_each(result, [](const Recalled& cue) { return std::int64_t(cue.pattern); });
  file.write<std::int64_t>("/cues", {patterns.size()}, patterns);
  write_states(file, result);
  write_trace(file, "time", result, &Recalled::times);
  write_trace(file, "overlap", result, &Recalled::overlaps);
  write_trace(file, "best_other", result, &Recalled::best_others);
  write_trace(file, "energy", result, &Recalled::energies);
  file.commit();
}

}  // namespace tripartite::simulation
