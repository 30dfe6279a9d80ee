#include "host/config/synapse_parameters.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace tripartite::config {

void check_pieces(const std::vector<double>& values, const std::vector<double>& times, std::string_view key,
                  std::string_view times_key, double dt, const Origins& origins) {
  bool is_right = !times.empty() && times.size() == values.size() && times.front() == 0;
  for (std::size_t i = 1; i < times.size(); ++i) is_right &= times[i] >= times[i - 1] + dt;
  if (!is_right)
    throw origins.error(times_key, times,
                        fmt::format("must begin at 0, rise by at least solver.dt, and be as many as {}", key));
}

namespace {

void check_drive(const SynapseConfig& c, const Origins& origins) {
  check_pieces(c.drive.rates, c.drive.times, "drive.rates", "drive.times", c.stepping.dt, origins);
  check_pieces(c.drive.biases, c.drive.bias_times, "drive.biases", "drive.bias_times", c.stepping.dt, origins);
  const double lowest = *std::min_element(c.drive.rates.begin(), c.drive.rates.end());
  if (c.drive.amplitude > lowest)
    throw origins.error(
        "drive.amplitude", c.drive.amplitude,
        fmt::format("must be at most the lowest of drive.rates, {} /s: rates are not negative", lowest));
  if ((c.drive.kind == DriveKind::file) != !c.drive.spikes.empty())
    throw origins.error("drive.kind", std::string(choice_name(c.drive.kind)),
                        "drive.spikes is to be given with kind = file, and only then");
  const std::string choice = fmt::format("drive.kind = {}", choice_name(c.drive.kind));
  switch (c.drive.kind) {
    case DriveKind::rate: origins.refuse_unused({"drive.trains", "drive.population"}, choice); break;
    case DriveKind::poisson: origins.refuse_unused({"drive.population"}, choice); break;
    case DriveKind::file:
      origins.refuse_unused({"drive.rates", "drive.times", "drive.amplitude", "drive.frequency", "drive.trains"},
                            choice);
      break;
  }
  if (!c.synapse.exogenous_ip3)
    origins.refuse_unused({"drive.biases", "drive.bias_times"}, "astrocyte.exogenous_ip3 = false");
}

void check_times(const SynapseConfig& c, const Origins& origins) { check_duration(c.duration, c.stepping.dt, origins); }

void check_sizes(const SynapseConfig& c, const Origins& origins) {
  std::int64_t sum = 0;
  for (const std::int64_t size : c.sizes) sum = size > c.synapses - sum ? c.synapses + 1 : sum + size;
  if (!c.sizes.empty() && sum != c.synapses)
    throw origins.error("population.sizes", c.sizes,
                        fmt::format("must add up to population.synapses = {}", c.synapses));
}

void check_clock(const SynapseConfig& c, const Origins& origins) {
  check_calcium_clock(c.stepping, c.recording.interval, origins);
}

void check_samples(const SweepConfig& c, const Origins& origins) {
  check_calcium_clock(c.stepping, c.sample_interval, origins);
  constexpr double least = 10;
  if (!(c.duration >= least * c.sample_interval))
    throw origins.error("population.duration", c.duration,
                        fmt::format("must be at least 10 times sweep.interval = {} s", c.sample_interval));
}

void check_recording(const SynapseConfig& c, const Origins& origins) {
  const auto& states = c.synapse.description().states;
  for (const std::string& field : c.recording.fields)
    if (std::none_of(states.begin(), states.end(), [&](const StateInfo& info) { return field == info.name; })) {
      std::string known;
      for (const StateInfo& info : states) known += fmt::format("{}{}", known.empty() ? "" : ", ", info.name);
      throw origins.error("recording.fields", c.recording.fields, "must be among " + known);
    }
  for (const std::int64_t index : c.recording.indices)
    if (index >= c.synapses)
      throw origins.error("recording.indices", c.recording.indices,
                          fmt::format("must be below population.synapses = {}", c.synapses));
}

/// What is recorded of single synapses and of populations.
void add_recording_parameters(ParameterTable<SynapseConfig>& table) {
  table.section("recording", "what recordings.h5 holds; releases.h5 always has every release");
  table.add(
      {.key = "interval",
       .unit = "s",
       .meaning = "time between frames, rounded to whole steps; 0: nothing is recorded",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.recording.interval; });
  table.add(
      {.key = "fields", .meaning = "recorded states"}, [](auto& c) -> auto& { return c.recording.fields; });
  table.add(
      {.key = "synapses", .meaning = "number of recorded synapses, evenly spread; 0: all", .range = at_least(0)},
      [](auto& c) -> auto& { return c.recording.synapses; });
  table.add(
      {.key = "indices",
       .meaning = "recorded synapses; given these, no evenly spread ones are recorded",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.recording.indices; });
}

template <class Config>
void add_population_parameters(ParameterTable<Config>& table) {
  constexpr bool is_sweep = std::is_same_v<Config, SweepConfig>;
  table.section("population", "how many synapses, and in what they differ");
  table.add(
      {.key = "synapses",
       .meaning = "number of synapses, which do not act on each other",
       .range = within(1, 1e12),
       .option = "--synapses"},
      [](auto& c) -> auto& { return c.synapses; });
  if constexpr (!is_sweep)
    table.add(
        {.key = "sizes",
         .meaning = "sizes of several populations, one after the other, which add up to population.synapses; empty: "
                    "one population",
         .range = at_least(1)},
        [](auto& c) -> auto& { return c.sizes; });
  table.add(
      {.key = "varied",
       .meaning = fmt::format("parameters with a value per synapse: {}; each: a value per population; \"rate\" is a "
                              "factor of the presynaptic rate",
                              laws_of_variation)},
      [](auto& c) -> auto& { return c.varied; });
  table.add(
      {.key = "duration",
       .unit = "s",
       .meaning = is_sweep ? "time over which each point is observed, after sweep.transient" : "simulated time",
       .range = above(0),
       .option = "--duration"},
      [](auto& c) -> auto& { return c.duration; });
  add_synapse_parameters(table);

  table.section("drive", "presynaptic activity, and the exogenous source of IP3");
  table.add(
      {.key = "kind",
       .meaning = "rate: mean field; poisson: spikes of that rate; file: spikes of a file",
       .option = "--drive"},
      [](auto& c) -> auto& { return c.drive.kind; });
  table.add(
      {.key = "rates",
       .symbol = "ν",
       .unit = "1/s",
       .meaning = "presynaptic rates, one per entry of drive.times",
       .range = at_least(0),
       .option = "--rate"},
      [](auto& c) -> auto& { return c.drive.rates; });
  table.add(
      {.key = "times", .unit = "s", .meaning = "when each entry of drive.rates begins", .range = at_least(0)},
      [](auto& c) -> auto& { return c.drive.times; });
  table.add(
      {.key = "amplitude",
       .unit = "1/s",
       .meaning = "amplitude of a sine that is added to the presynaptic rate",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.drive.amplitude; });
  table.add(
      {.key = "frequency",
       .unit = "1/s",
       .meaning = "frequency of the sine that is added to the presynaptic rate",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.drive.frequency; });
  table.add(
      {.key = "trains",
       .meaning =
           "number of independent Poisson trains; synapse i listens to train i mod their number; 0: one per synapse",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.drive.trains; });
  table.add(
      {.key = "spikes",
       .meaning = "file of presynaptic spikes, SONATA or text (docs/formats.md); synapse i listens to node i mod the "
                  "number of "
                  "nodes",
       .optional = true},
      [](auto& c) -> auto& { return c.drive.spikes; });
  table.add(
      {.key = "population",
       .meaning = "population in the SONATA file of spikes; not needed if the file has one",
       .optional = true},
      [](auto& c) -> auto& { return c.drive.population; });
  table.add(
      {.key = "biases",
       .symbol = "I_bias",
       .unit = "uM",
       .meaning = "IP3 of the exogenous source, one value per entry of drive.bias_times",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.drive.biases; });
  table.add(
      {.key = "bias_times", .unit = "s", .meaning = "when each entry of drive.biases begins", .range = at_least(0)},
      [](auto& c) -> auto& { return c.drive.bias_times; });

  add_stepping_parameters(table);

  if constexpr (!is_sweep) add_recording_parameters(table);
  add_execution_parameters(table);
  table.add(
      {.key = "seed", .meaning = "seed of drawn parameters and spikes", .range = at_least(0), .option = "--seed"},
      [](auto& c) -> auto& { return c.seed; });
  add_output_parameters(table);

  table.check(check_times);
  table.check(check_drive);
  if constexpr (is_sweep) {
    table.check(check_samples);
  } else {
    table.check(check_sizes);
    table.check(check_clock);
    table.check(check_recording);
  }
}

ParameterTable<SynapseConfig> make_synapse_table() {
  ParameterTable<SynapseConfig> table("synapse", "populations of tripartite synapses");
  add_population_parameters(table);
  return table;
}

ParameterTable<SweepConfig> make_sweep_table() {
  ParameterTable<SweepConfig> table("sweep", "parameters of tripartite synapses on a grid");
  table.section("sweep", "the grid, population.synapses at each of its points, and how they are observed");
  table.add(
      {.key = "over",
       .meaning = "one or two of NAME=LOW:HIGH:POINTS[:log], NAME a parameter of [synapse] or [astrocyte] or rate; may "
                  "be repeated",
       .option = "--over"},
      [](auto& c) -> auto& { return c.over; });
  table.add(
      {.key = "transient",
       .unit = "s",
       .meaning = "time that is discarded before a point is observed; 0: five times the slowest time constant of the "
                  "model at any point (by default 5/Omega_G = 600 s)",
       .range = at_least(0),
       .option = "--transient"},
      [](auto& c) -> auto& { return c.transient; });
  table.add(
      {.key = "interval",
       .unit = "s",
       .meaning = "time between samples of calcium and r, rounded to whole steps",
       .range = above(0)},
      [](auto& c) -> auto& { return c.sample_interval; });
  add_least_amplitude(table);
  add_population_parameters(table);
  return table;
}

}  // namespace

const ParameterTable<SweepConfig>& sweep_parameters() {
  static const ParameterTable<SweepConfig> table = make_sweep_table();
  return table;
}

std::string names_of_calcium_models() {
  std::string names;
  for (const CalciumModel& each : calcium_models()) names += (names.empty() ? "" : ", ") + std::string(each.name);
  return names;
}

void check_calcium(const std::string& calcium, std::string_view key, std::string_view shown, const Origins& origins) {
  bool is_known = false;
  for (const CalciumModel& each : calcium_models()) is_known |= each.name == calcium;
  if (!is_known) throw origins.error(key, calcium, "must be one of " + names_of_calcium_models());
  for (const CalciumModel& each : calcium_models()) {
    if (each.name == calcium) continue;
    std::string given = origins.differing_within(each.name);
    if (each.name == shown) {
      const ModelDescription& d = each.synapse().description;
      for (std::size_t i = std::size_t(d.cell_parameter); i < d.parameters.size(); ++i)
        if (const std::string own = std::string("astrocyte.") + d.parameters[i].name; origins.differs(own)) given = own;
      for (int i = d.cell_state; i < d.cell_state + d.cell_states; ++i)
        if (const std::string own = std::string("initial.") + d.states[std::size_t(i)].name; origins.differs(own))
          given = own;
    }
    if (!given.empty())
      throw origins.error(key, calcium,
                          fmt::format("{} is not its default, but only {} = {} uses it", given, key, each.name));
  }
}

void check_calcium_clock(const Stepping& stepping, double interval, const Origins& origins) {
  const std::int64_t every = stepping.calcium_every;
  if (every == 1) return;
  if (is_adaptive(stepping.method))
    throw origins.error("solver.calcium_every", every,
                        fmt::format("must be 1 with {}, which chooses its steps", choice_name(stepping.method)));
  const double frame = interval / stepping.dt;
  if (std::llround(frame) % every != 0)
    throw origins.error("solver.calcium_every", every,
                        fmt::format("must divide the {} steps between frames: else they show calcium of the past",
                                    std::llround(frame)));
}

const ParameterTable<SynapseConfig>& synapse_parameters() {
  static const ParameterTable<SynapseConfig> table = make_synapse_table();
  return table;
}

}  // namespace tripartite::config
