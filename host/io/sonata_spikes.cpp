#include "host/io/sonata_spikes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>

#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {
constexpr double milliseconds = 1e3;  // in a second
constexpr std::size_t rows_per_chunk = 16 * 1024;
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
  file_.write_attribute(group_, "sorting", "by_time");
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
  std::string name = population;
  const auto names = file.names("/spikes");
  if (name.empty()) {
    if (names.size() != 1)
      throw FileError(fmt::format("{}: /spikes has {} populations ({}); select one", path.string(), names.size(),
                                  fmt::join(names, ", ")));
    name = names.front();
  }
  const std::string group = "/spikes/" + name;
  if (!file.contains(group))
    throw FileError(
        fmt::format("{}: /spikes: population {} not found, only {}", path.string(), name, fmt::join(names, ", ")));
  Spikes spikes;
  spikes.times = file.read<double>(group + "/timestamps").values;
  spikes.nodes = file.read<std::uint64_t>(group + "/node_ids").values;
  if (spikes.times.size() != spikes.nodes.size())
    throw FileError(fmt::format("{}: {}: {} timestamps and {} node_ids: must be equally many", path.string(), group,
                                spikes.times.size(), spikes.nodes.size()));
  std::string units = "ms";
  if (file.contains_attribute(group + "/timestamps", "units"))
    units = file.read_attribute<std::string>(group + "/timestamps", "units");
  if (units != "ms" && units != "s")
    throw FileError(fmt::format("{}: {}/timestamps: units \"{}\": expected ms or s", path.string(), group, units));
  for (double& time : spikes.times) {
    if (units == "ms") time /= milliseconds;
    if (!std::isfinite(time)) throw FileError(fmt::format("{}: {}: a timestamp is not finite", path.string(), group));
  }
  return spikes;
}

}  // namespace tripartite::io
