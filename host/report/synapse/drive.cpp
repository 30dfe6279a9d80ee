#include "host/report/synapse/drive.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numbers>

#include "host/report/summary.hpp"

namespace tripartite::report::synapse {
namespace {

/// Values that each hold from a time on, at every `time`.
std::vector<double> held(std::span<const double> time, const std::vector<double>& values,
                         const std::vector<double>& begins) {
  std::vector<double> curve;
  for (const double t : time) {
    std::size_t piece = 0;
    while (piece + 1 < std::min(values.size(), begins.size()) && begins[piece + 1] <= t) ++piece;
    curve.push_back(values.empty() ? NAN : values[piece]);
  }
  return curve;
}

std::vector<double> rate_of(const nlohmann::json& drive, std::span<const double> time) {
  auto rate = held(time, numbers_in(part_at(drive, "/rates")), numbers_in(part_at(drive, "/times")));
  const double amplitude = number_at(drive, "/amplitude"), frequency = number_at(drive, "/frequency");
  if (amplitude > 0)
    for (std::size_t k = 0; k < rate.size(); ++k)
      rate[k] += amplitude * std::sin(2 * std::numbers::pi * frequency * time[k]);
  return rate;
}

void add_spikes(const Run& run, std::span<const std::uint64_t> ids, double end, TraceRow& row) {
  const auto path = run.directory / "spikes.h5";
  if (!std::filesystem::exists(path)) return;
  const io::Spikes spikes = io::read_sonata_spikes(path);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    Marks marks{i, {}, {}, "spike"};
    for (std::size_t k = 0; k < spikes.times.size(); ++k)
      if (spikes.nodes[k] == ids[i] && spikes.times[k] <= end) marks.x.push_back(spikes.times[k]);
    row.marks.push_back(std::move(marks));
    if (ids.size() > 1) row.names.push_back(fmt::format("synapse {}", ids[i]));
  }
}

}  // namespace

std::vector<TraceRow> drive_rows(const Run& run, std::span<const double> time, std::span<const std::uint64_t> ids) {
  if (time.empty()) return {};
  const auto& drive = part_at(run.summary, "/config/drive");
  const std::string kind = text_at(drive, "/kind");
  std::vector<TraceRow> rows;
  if (kind == "rate" || kind == "poisson") {
    rows.push_back({"ν [1/s]", {}, {rate_of(drive, time)}});
    rows.back().from_zero = true;
  }
  if (kind == "poisson" || kind == "file") {
    TraceRow spikes{"spikes", {}, {}};
    add_spikes(run, ids, time.back(), spikes);
    if (!spikes.marks.empty()) rows.push_back(std::move(spikes));
  }
  const auto& astrocyte = part_at(run.summary, "/config/astrocyte");
  if (astrocyte.value("exogenous_ip3", false)) {
    const auto biases = numbers_in(part_at(drive, "/biases")), begins = numbers_in(part_at(drive, "/bias_times"));
    rows.push_back({"I_bias [µM]", {}, {held(time, biases, begins)}});
    rows.back().from_zero = true;
  }
  return rows;
}

}  // namespace tripartite::report::synapse
