#include "host/network/saved_parts.hpp"

#include <fmt/format.h>

namespace tripartite {
namespace {

constexpr std::size_t most_events = std::size_t(1) << 32;

}  // namespace

std::int64_t read_steps(run::StateReader& reader) {
  const auto steps = reader.read<std::int64_t>("steps");
  if (steps < 0) reader.fail(fmt::format("steps is {}, expected at least 0", steps));
  return steps;
}

// One array per member: the bytes between members are nobody's.
void write_events(run::StateWriter& writer, const std::vector<Event>& events) {
  std::vector<double> times;
  std::vector<std::uint64_t> places;
  for (const Event& event : events) {
    times.push_back(event.time);
    places.push_back(event.population);
    places.push_back(event.index);
  }
  writer.write("times of events", std::span<const double>(times));
  writer.write("places of events", std::span<const std::uint64_t>(places));
}

std::vector<Event> read_events(run::StateReader& reader, std::span<const std::size_t> sizes) {
  const auto times = reader.read_all<std::vector<double>>("times of events", most_events);
  std::vector<std::uint64_t> places(2 * times.size());
  reader.read("places of events", std::span<std::uint64_t>(places));
  std::vector<Event> events;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const std::uint64_t population = places[2 * i], index = places[2 * i + 1];
    if (population >= sizes.size() || index >= sizes[population])
      reader.fail(fmt::format("event of element {} of population {}, which does not exist", index, population));
    events.push_back({times[i], std::uint32_t(population), index});
  }
  return events;
}

}  // namespace tripartite
