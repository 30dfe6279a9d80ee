#include "host/config/network_parameters.hpp"
#include "host/config/synapse_parameters.hpp"

namespace tripartite::config {
namespace {

void check_samples(const NetworkSweepConfig& c, const Origins& origins) {
  constexpr double least = 10;
  if (!(c.duration >= least * c.recording.interval))
    throw origins.error("population.duration", c.duration,
                        fmt::format("must be at least 10 times recording.interval = {} s", c.recording.interval));
}

ParameterTable<NetworkSweepConfig> make_table() {
  ParameterTable<NetworkSweepConfig> table("sweep --network", "parameters of a network on a grid");
  table.section("sweep", "the grid, and how the network at each of its points is observed");
  table.add(
      {.key = "over",
       .meaning = "one or two of KEY=LOW:HIGH:POINTS[:log], KEY a number of [population], [neuron], [input], "
                  "[excitatory_input], [inhibitory_input], [connectivity], [astrocytes], [synapse], [astrocyte], "
                  "[initial] or of a calcium model; counts are rounded to whole numbers; may be repeated",
       .option = "--over"},
      [](auto& c) -> auto& { return c.over; });
  table.add(
      {.key = "seeds",
       .meaning = "networks at each point, with seeds from run.seed on: they differ in connections and drawn inputs",
       .range = within(1, 1000),
       .option = "--seeds"},
      [](auto& c) -> auto& { return c.seeds; });
  table.add(
      {.key = "transient",
       .unit = "s",
       .meaning = "time that is discarded before a network is observed; 0: five times the slowest time constant at any "
                  "point (by default 5/Omega_G = 600 s)",
       .range = at_least(0),
       .option = "--transient"},
      [](auto& c) -> auto& { return c.transient; });
  add_least_amplitude(table);
  add_network_parameters(table);
  table.check(check_samples);
  return table;
}

}  // namespace

const ParameterTable<NetworkSweepConfig>& network_sweep_parameters() {
  static const ParameterTable<NetworkSweepConfig> table = make_table();
  return table;
}

}  // namespace tripartite::config
