#include "host/io/sonata_spikes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>
#include <utility>

#include "host/io/text_table.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {
constexpr double milliseconds = 1e3;  // in a second
constexpr std::size_t rows_per_chunk = 4 * 1024;

/// Where the spikes of a population are.
std::string group_of(const Hdf5File& file, const std::filesystem::path& path, const std::string& population) {
  const auto names = file.names("/spikes");
  if (file.contains("/spikes/timestamps")) {
    if (!population.empty())
      throw FileError(
          fmt::format("{}: /spikes: has spikes, but no populations; {} was selected", path.string(), population));
    return "/spikes";
  }
  if (population.empty()) {
    if (names.size() != 1)
      throw FileError(fmt::format("{}: /spikes has {} populations ({}); select one", path.string(), names.size(),
                                  fmt::join(names, ", ")));
    return "/spikes/" + names.front();
  }
  if (!file.contains("/spikes/" + population))
    throw FileError(fmt::format("{}: /spikes: population {} not found, only {}", path.string(), population,
                                fmt::join(names, ", ")));
  return "/spikes/" + population;
}

}  // namespace

SonataSpikes::SonataSpikes(const std::filesystem::path& path, const std::string& population)
    : file_(Hdf5File::create(path)), group_("/spikes/" + population) {
  if (population.empty() || population == "." || population.find('/') != std::string::npos)
    throw ConfigError(fmt::format("spike population \"{}\": name must be neither empty nor contain '/'", population));
  file_.write_attribute("/", "magic", std::uint32_t{0x0A7A});
  file_.write_attribute("/", "version", std::span<const std::uint32_t>(std::array<std::uint32_t, 2>{0, 1}));
  file_.create_series<double>(group_ + "/timestamps", {}, rows_per_chunk);
  file_.write_attribute(group_ + "/timestamps", "units", "ms");
  file_.create_series<std::uint64_t>(group_ + "/node_ids", {}, rows_per_chunk);
  constexpr std::array<std::pair<const char*, std::uint8_t>, 3> sorting{{{"none", 0}, {"by_id", 1}, {"by_time", 2}}};
  file_.write_attribute(group_, "sorting", 2, sorting);
}

SonataSpikes::~SonataSpikes() {
  if (!is_open_) return;
  try {
    close();
  } catch (const Error&) {  // destructors must not throw; close() reports the error
  }
}

void SonataSpikes::append(const Spikes& spikes) {
  std::vector<double> times;
  times.reserve(spikes.times.size());
  for (const double time : spikes.times) times.push_back(time * milliseconds);
  // Both or neither.
  file_.reserve(2 * (times.size() + rows_per_chunk) * sizeof(double));
  file_.append<double>(group_ + "/timestamps", times);
  file_.append<std::uint64_t>(group_ + "/node_ids", spikes.nodes);
}

void SonataSpikes::close() {
  is_open_ = false;
  file_.commit();
}

Spikes read_sonata_spikes(const std::filesystem::path& path, const std::string& population) {
  const Hdf5File file = Hdf5File::open(path);
  if (!file.contains("/spikes"))
    throw FileError(path.string() + ": group /spikes not found; expected a SONATA spikes file");
  const std::string group = group_of(file, path, population);
  Spikes spikes;
  spikes.times = file.read<double>(group + "/timestamps").values;
  const bool is_old = !file.contains(group + "/node_ids") && file.contains(group + "/gids");
  spikes.nodes = file.read<std::uint64_t>(group + (is_old ? "/gids" : "/node_ids")).values;
  if (spikes.times.size() != spikes.nodes.size())
    throw FileError(fmt::format("{}: {}: {} timestamps and {} node_ids: must be equally many", path.string(), group,
                                spikes.times.size(), spikes.nodes.size()));
  spikes.unit_is_given = file.contains_attribute(group + "/timestamps", "units");
  std::string unit = "ms";
  if (spikes.unit_is_given) unit = file.read_attribute<std::string>(group + "/timestamps", "units");
  if (unit != "ms" && unit != "s")
    throw FileError(fmt::format("{}: {}/timestamps: units \"{}\": expected ms or s", path.string(), group, unit));
  for (double& time : spikes.times) {
    if (unit == "ms") time /= milliseconds;
    if (!std::isfinite(time)) throw FileError(fmt::format("{}: {}: a timestamp is not finite", path.string(), group));
  }
  spikes.unit = unit == "ms" ? "ms" : "s";
  return spikes;
}

Spikes read_spikes(const std::filesystem::path& path, const std::string& population) {
  if (is_hdf5(path)) return read_sonata_spikes(path, population);
  const TextTable table = TextTable::read(path);
  if (!population.empty())
    throw FileError(fmt::format("{}: is text, which has no populations; {} was selected", path.string(), population));
  const auto seconds = table.find({"time_s"}), time = table.find({"time_s", "time_ms"}),
             node = table.find({"node", "node_id", "sender"});
  if (!time || !node) table.fail_names("time_s or time_ms, and node");
  table.require_only({seconds ? "time_s" : "time_ms", table.names()[*node]});
  Spikes spikes;
  spikes.unit = seconds ? "s" : "ms";
  spikes.times = table.numbers(*time);
  if (!seconds)
    for (double& each : spikes.times) each /= milliseconds;
  constexpr std::int64_t most = std::int64_t{1} << 53;  // whole numbers beyond are no longer exact
  const auto nodes = table.integers(*node, 0, most);
  spikes.nodes.assign(nodes.begin(), nodes.end());
  return spikes;
}

}  // namespace tripartite::io
