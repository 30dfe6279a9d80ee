#include "host/io/sonata_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <set>
#include <utility>

#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

constexpr double milliseconds = 1e3;             // in a second
constexpr std::size_t chunk_values = 64 * 1024;  // 256 KiB, of all populations: the unit of reading and writing
constexpr std::uint32_t sonata_magic = 0x0A7A;

void check(const ReportPopulation& population) {
  const auto fail = [&](const std::string& what) {
    return ConfigError(fmt::format("report population \"{}\": {}", population.name, what));
  };
  if (population.name.empty() || population.name == "." || population.name.find('/') != std::string::npos)
    throw fail("name must be neither empty nor contain '/'");
  if (!std::isfinite(population.start_s) || population.start_s < 0)
    throw fail(fmt::format("start_s = {}: must be at least 0", population.start_s));
  if (!std::isfinite(population.interval_s) || population.interval_s <= 0)
    throw fail(fmt::format("interval_s = {}: must be greater than 0", population.interval_s));
  if (population.element_ids.empty()) throw fail("must have at least one element");
  const std::vector<std::uint64_t>& pointers = population.index_pointers;
  if (pointers.size() != population.node_ids.size() + 1)
    throw fail(fmt::format("{} index_pointers for {} nodes: must be one more than nodes", pointers.size(),
                           population.node_ids.size()));
  if (pointers.front() != 0 || pointers.back() != population.element_ids.size() ||
      !std::is_sorted(pointers.begin(), pointers.end()))
    throw fail(fmt::format("index_pointers must increase from 0 to {}, the number of elements",
                           population.element_ids.size()));
  if (std::set(population.node_ids.begin(), population.node_ids.end()).size() != population.node_ids.size())
    throw fail("node_ids must be unique");
}

std::vector<ReportPopulation> checked(std::vector<ReportPopulation> populations) {
  std::set<std::string> names;
  for (const ReportPopulation& population : populations) {
    check(population);
    if (!names.insert(population.name).second)
      throw ConfigError(fmt::format("report population \"{}\" occurs twice", population.name));
  }
  return populations;
}

}  // namespace

ReportPopulation point_population(std::string name, std::string units, std::vector<std::uint64_t> node_ids,
                                  double start_s, double interval_s) {
  ReportPopulation population{std::move(name), std::move(units), std::move(node_ids), {}, {}, start_s, interval_s};
  for (std::uint64_t i = 0; i <= population.node_ids.size(); ++i) population.index_pointers.push_back(i);
  population.element_ids.resize(population.node_ids.size(), 0);
  return population;
}

SonataReport::SonataReport(const std::filesystem::path& path, std::vector<ReportPopulation> populations)
    : file_(Hdf5File::create(path)) {
  file_.write_attribute("/", "magic", sonata_magic);
  file_.write_attribute("/", "version", std::span<const std::uint32_t>(std::array<std::uint32_t, 2>{0, 1}));
  file_.create_group("/report");
  populations = checked(std::move(populations));
  std::size_t elements = 0;
  for (const ReportPopulation& population : populations) elements += population.element_ids.size();
  // The same for all: on a disk that gets full, all have about the same frames.
  const std::size_t frames_per_chunk =
      std::clamp<std::size_t>(chunk_values / std::max<std::size_t>(elements, 1), 1, 1024);
  for (ReportPopulation& population : populations) {
    recordings_.push_back({std::move(population), {}, frames_per_chunk, 0, {}});
    create(recordings_.back());
  }
}

SonataReport::~SonataReport() {
  if (!is_open_) return;
  try {
    close();
  } catch (const Error&) {  // destructors must not throw; close() reports the error
  }
}

void SonataReport::create(Recording& recording) {
  const ReportPopulation& population = recording.population;
  const std::string group = "/report/" + population.name;
  const std::string mapping = group + "/mapping";
  file_.create_series<float>(group + "/data", {population.element_ids.size()}, recording.frames_per_chunk);
  file_.write_attribute(group + "/data", "units", population.units);
  file_.write<std::uint64_t>(mapping + "/node_ids", {population.node_ids.size()}, population.node_ids);
  const bool is_sorted = std::is_sorted(population.node_ids.begin(), population.node_ids.end());
  file_.write_attribute(mapping + "/node_ids", "sorted", static_cast<std::uint8_t>(is_sorted ? 1 : 0));
  file_.write<std::uint64_t>(mapping + "/index_pointers", {population.index_pointers.size()},
                             population.index_pointers);
  file_.write<std::uint32_t>(mapping + "/element_ids", {population.element_ids.size()}, population.element_ids);
  file_.write<double>(mapping + "/time", {3}, std::array<double, 3>{});
  file_.write_attribute(mapping + "/time", "units", "ms");
  recording.group = group;
  write_time(recording);
}

/// Writes the time axis of the frames in the file: start, end (exclusive) and interval.
void SonataReport::write_time(Recording& recording) {
  const double start = recording.population.start_s * milliseconds;
  const double interval = recording.population.interval_s * milliseconds;
  const double end = start + static_cast<double>(recording.frames) * interval;
  file_.overwrite<double>(recording.group + "/mapping/time", std::array{start, end, interval});
}

template <class Real>
void SonataReport::append_frame(std::size_t population, std::span<const Real> values) {
  Recording& recording = recordings_.at(population);
  const std::size_t elements = recording.population.element_ids.size();
  if (values.size() != elements)
    throw ConfigError(fmt::format("report population \"{}\": {} values in a frame, expected {}, one per element",
                                  recording.population.name, values.size(), elements));
  for (const Real value : values) recording.pending.push_back(static_cast<float>(value));
  if (recording.pending.size() >= recording.frames_per_chunk * elements) write_pending(recording);
}

void SonataReport::write_pending(Recording& recording) {
  file_.append<float>(recording.group + "/data", recording.pending);
  recording.frames += recording.pending.size() / recording.population.element_ids.size();
  recording.pending.clear();
}

void SonataReport::flush() {
  for (Recording& recording : recordings_) {
    write_pending(recording);
    write_time(recording);
  }
  file_.flush();
}

void SonataReport::close() {
  is_open_ = false;
  std::exception_ptr failure;
  for (Recording& recording : recordings_) {
    try {
      write_pending(recording);
    } catch (const FileError&) {  // a full disk: the frames that are in the file stay
      if (!failure) failure = std::current_exception();
    }
    write_time(recording);
  }
  file_.commit();
  if (failure) std::rethrow_exception(failure);
}

template void SonataReport::append_frame(std::size_t, std::span<const float>);
template void SonataReport::append_frame(std::size_t, std::span<const double>);

}  // namespace tripartite::io
