#include "host/simulation/spike_delivery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tripartite::simulation {

SpikeDelivery delivery_of(const std::string& file, const io::Spikes& spikes, std::uint64_t elements, double duration,
                          double dt) {
  SpikeDelivery all;
  all.file = file;
  all.unit = spikes.unit;
  all.unit_is_given = spikes.unit_is_given;
  all.read = spikes.times.size();
  all.elements = elements;
  const std::int64_t steps = std::llround(duration / dt);
  for (std::size_t i = 0; i < spikes.times.size(); ++i) {
    all.nodes = std::max(all.nodes, spikes.nodes[i] + 1);
    if (spikes.nodes[i] >= elements)
      ++all.without_element;
    else if (std::round(spikes.times[i] / dt) > double(steps))
      ++all.too_late;
    else
      ++all.delivered;
  }
  if (all.read == 0) return all;
  const auto [first, last] = std::minmax_element(spikes.times.begin(), spikes.times.end());
  all.first = *first;
  all.last = *last;
  return all;
}

void tell(const SpikeDelivery& all, double duration, RunListener& listener) {
  std::string text = fmt::format("{}: {} spikes read, {} delivered, {} ignored", all.file, all.read, all.delivered,
                                 all.read - all.delivered);
  if (all.without_element > 0)
    text += fmt::format("; {} are of nodes that do not exist here: the file has nodes up to {}, the run has {}",
                        all.without_element, all.nodes - 1,
                        all.elements == 1 ? "node 0 alone" : fmt::format("0 to {}", all.elements - 1));
  if (all.too_late > 0) text += fmt::format("; {} are after the end of the run at {:g} s", all.too_late, duration);
  text += fmt::format("; times are in {}{}", all.unit,
                      all.unit_is_given ? "" : ", as SONATA has it where a file names no unit");
  listener.message(text);
  constexpr double suspicious = 0.01;
  if (all.read > 0 && all.last <= suspicious * duration)
    listener.message(
        fmt::format("warning: {}: all spikes are in the first percent of the run, from {:g} to {:g} s of {:g} s; {}",
                    all.file, all.first, all.last, duration,
                    all.unit_is_given ? fmt::format("is {} their unit?", all.unit)
                                      : "if their times are in s, give timestamps the attribute units = \"s\""));
}

nlohmann::ordered_json to_json(const SpikeDelivery& all) {
  return {{"file", all.file},
          {"unit", all.unit},
          {"unit_is_given", all.unit_is_given},
          {"read", all.read},
          {"delivered", all.delivered},
          {"of_absent_nodes", all.without_element},
          {"after_the_end", all.too_late}};
}

}  // namespace tripartite::simulation
