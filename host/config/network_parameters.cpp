#include "host/config/network_parameters.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <type_traits>

#include "host/config/nearest.hpp"
#include "host/config/network_fields.hpp"
#include "host/config/selection.hpp"
#include "host/config/synapse_parameters.hpp"

namespace tripartite::config {

template <>
struct Choices<Rule> {
  static constexpr std::array names{
      std::pair{Rule::fixed_indegree, std::string_view("fixed_indegree")},
      std::pair{Rule::pairwise_bernoulli, std::string_view("pairwise_bernoulli")},
      std::pair{Rule::tripartite_bernoulli_with_pool, std::string_view("tripartite_bernoulli_with_pool")},
      std::pair{Rule::all_to_all, std::string_view("all_to_all")},
      std::pair{Rule::one_to_one, std::string_view("one_to_one")},
      std::pair{Rule::distance_dependent, std::string_view("distance_dependent")},
      std::pair{Rule::file, std::string_view("file")},
  };
};
template <>
struct Choices<Junctions> {
  static constexpr std::array names{
      std::pair{Junctions::none, std::string_view("none")},
      std::pair{Junctions::ring, std::string_view("ring")},
      std::pair{Junctions::lattice, std::string_view("lattice")},
  };
};
template <>
struct Choices<SpikeInput> {
  static constexpr std::array names{
      std::pair{SpikeInput::none, std::string_view("none")},
      std::pair{SpikeInput::poisson, std::string_view("poisson")},
      std::pair{SpikeInput::regular, std::string_view("regular")},
      std::pair{SpikeInput::file, std::string_view("file")},
  };
};
template <>
struct Choices<network::PoolType> {
  static constexpr std::array names{
      std::pair{network::PoolType::random, std::string_view("random")},
      std::pair{network::PoolType::block, std::string_view("block")},
  };
};
template <>
struct Choices<Coupling> {
  static constexpr std::array names{
      std::pair{Coupling::staged, std::string_view("staged")},
      std::pair{Coupling::held, std::string_view("held")},
  };
};

namespace {

template <class Config>
constexpr bool is_sweep = std::is_same_v<Config, NetworkSweepConfig>;

template <class Config>
void add_neurons(ParameterTable<Config>& table) {
  table.section("population", "neurons and time");
  table.add(
      {.key = "neurons",
       .meaning = "number of neurons; 0: astrocytes alone; not given, with rule = file: as many as the file has",
       .range = within(0, 4e9),
       .option = "--neurons"},
      [](auto& c) -> auto& { return c.neurons; });
  table.add(
      {.key = "excitatory", .meaning = "fraction of excitatory neurons, the first ones", .range = within(0, 1)},
      [](auto& c) -> auto& { return c.excitatory; });
  table.add(
      {.key = "duration",
       .unit = "s",
       .meaning =
           is_sweep<Config> ? "time over which each network is observed, after sweep.transient" : "simulated time",
       .range = above(0),
       .option = "--duration"},
      [](auto& c) -> auto& { return c.duration; });
  table.add(
      {.key = "varied",
       .meaning = fmt::format("parameters with a value per tripartite synapse: {}; each: behind excitatory and behind "
                              "inhibitory neurons",
                              laws_of_variation)},
      [](auto& c) -> auto& { return c.varied; });
  table.section("neuron", "rate neurons");
  const auto& parameters = model<RateNeuron>().description.parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    add_model_parameter(
        table, parameters[i], [i](auto& c) -> auto& { return c.neuron[i]; });
  table.add(
      {.key = "initial_rate", .unit = "1/s", .meaning = "firing rate of every neuron at t = 0", .range = at_least(0)},
      [](auto& c) -> auto& { return c.initial_rate; });
  table.section("input", "from outside the network");
  table.add(
      {.key = "external", .symbol = "I", .unit = "1/s", .meaning = "mean over neurons of the external input"},
      [](auto& c) -> auto& { return c.external; });
  table.add(
      {.key = "spread",
       .unit = "1/s",
       .meaning = "standard deviation over neurons of the external input",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.external_spread; });
  table.add(
      {.key = "cue", .unit = "1/s", .meaning = "input that the cue adds to the external input"},
      [](auto& c) -> auto& { return c.cue; });
  table.add(
      {.key = "cue_begin", .unit = "s", .meaning = "when the cue begins", .range = at_least(0)},
      [](auto& c) -> auto& { return c.cue_begin; });
  table.add(
      {.key = "cue_end", .unit = "s", .meaning = "when the cue ends", .range = at_least(0)},
      [](auto& c) -> auto& { return c.cue_end; });
  table.add(
      {.key = "cue_fraction",
       .meaning = "fraction of the neurons that get the cue, the first ones",
       .range = within(0, 1)},
      [](auto& c) -> auto& { return c.cue_fraction; });
}

/// The section of what enters one group of neurons; `input(c)` is it.
template <class Config, class Input>
void add_group_input(ParameterTable<Config>& table, std::string_view group, Input input) {
  table.section(fmt::format("{}_input", group),
                fmt::format("what enters the {} neurons beside the external input", group));
  table.add(
      {.key = "neurons",
       .meaning =
           fmt::format("which of the {} neurons, counted from the first of them: {}", group, forms_of_selection)},
      [input](auto& c) -> auto& { return input(c).neurons; });
  table.add(
      {.key = "values",
       .symbol = "I",
       .unit = "1/s",
       .meaning = "input, one value per entry of times; a single one: constant"},
      [input](auto& c) -> auto& { return input(c).values; });
  table.add(
      {.key = "times", .unit = "s", .meaning = "when each entry of values begins", .range = at_least(0)},
      [input](auto& c) -> auto& { return input(c).times; });
  table.add(
      {.key = "spikes",
       .meaning = "spikes that enter as well: none, Poisson trains, one regular train, or spikes of a file"},
      [input](auto& c) -> auto& { return input(c).spikes; });
  table.add(
      {.key = "rates",
       .unit = "1/s",
       .meaning = "rates of poisson and regular spikes, one per entry of rate_times",
       .range = at_least(0)},
      [input](auto& c) -> auto& { return input(c).rates; });
  table.add(
      {.key = "rate_times", .unit = "s", .meaning = "when each entry of rates begins", .range = at_least(0)},
      [input](auto& c) -> auto& { return input(c).rate_times; });
  table.add(
      {.key = "trains",
       .meaning = "number of independent Poisson trains; neuron i listens to train i mod their number; 0: one per "
                  "neuron",
       .range = at_least(0)},
      [input](auto& c) -> auto& { return input(c).trains; });
  table.add(
      {.key = "file",
       .meaning = "file of spikes; neuron i listens to node i mod the number of nodes",
       .optional = true},
      [input](auto& c) -> auto& { return input(c).file; });
  table.add(
      {.key = "population",
       .meaning = "population in the file of spikes; not needed if the file has one",
       .optional = true},
      [input](auto& c) -> auto& { return input(c).population; });
  table.add(
      {.key = "weight",
       .symbol = "w",
       .meaning = "efficacy of a train, whose mean input is weight times its rate; negative: inhibition"},
      [input](auto& c) -> auto& { return input(c).weight; });
  const auto& parameters = model<SpikeFilter>().description.parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    add_model_parameter(
        table, parameters[i], [ input, i ](auto& c) -> auto& { return input(c).filter[i]; });
}

template <class Config>
void add_connections(ParameterTable<Config>& table) {
  table.section("connectivity", "who is connected to whom; neurons stand on a square sheet, row by row");
  table.add(
      {.key = "rule",
       .meaning = "how connections are drawn; with every rule, p_third of them become tripartite. "
                  "tripartite_bernoulli_with_pool is pairwise_bernoulli with astrocytes, and fails without them",
       .option = "--rule"},
      [](auto& c) -> auto& { return c.rule; });
  table.add(
      {.key = "indegree", .meaning = "connections onto each neuron, for rule = fixed_indegree", .range = at_least(0)},
      [](auto& c) -> auto& { return c.indegree; });
  table.add(
      {.key = "p",
       .meaning = "probability that two neurons are connected; for rule = distance_dependent at distance 0",
       .range = within(0, 1)},
      [](auto& c) -> auto& { return c.p; });
  table.add(
      {.key = "radius",
       .meaning = "range of connections in distances of neighbours, for rule = distance_dependent",
       .range = above(0)},
      [](auto& c) -> auto& { return c.radius; });
  table.add(
      {.key = "edges",
       .meaning =
           "file of edges, SONATA or text (docs/formats.md), for rule = file; efficacies are read from J or syn_weight "
           "and astrocytes from astrocyte (-1: bare) where the file has them",
       .optional = true},
      [](auto& c) -> auto& { return c.edges; });
  table.add(
      {.key = "population",
       .meaning = "population of edges in the SONATA file; not needed if the file has one",
       .optional = true},
      [](auto& c) -> auto& { return c.edge_population; });
  table.add(
      {.key = "J_excitatory",
       .symbol = "J",
       .unit = "1",
       .meaning = "efficacy of connections from excitatory neurons",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.efficacy_excitatory; });
  table.add(
      {.key = "J_inhibitory",
       .symbol = "J",
       .unit = "1",
       .meaning = "efficacy of connections from inhibitory neurons",
       .range = {.high = 0}},
      [](auto& c) -> auto& { return c.efficacy_inhibitory; });
  table.add(
      {.key = "p_third",
       .meaning = "probability that a connection is tripartite; else it is bare",
       .range = within(0, 1)},
      [](auto& c) -> auto& { return c.p_third; });
  table.add(
      {.key = "pool_size", .meaning = "astrocytes that may wrap the synapses of one target", .range = at_least(1)},
      [](auto& c) -> auto& { return c.pool_size; });
  table.add(
      {.key = "pool_type", .meaning = "how the astrocytes that may wrap the synapses of one target are chosen"},
      [](auto& c) -> auto& { return c.pool_type; });
}

template <class Config>
void add_astrocytes(ParameterTable<Config>& table) {
  table.section("astrocytes", "cells whose processes wrap the synapses; on a square sheet, row by row");
  table.add(
      {.key = "count", .meaning = "number of astrocytes", .range = within(0, 4e9), .option = "--astrocytes"},
      [](auto& c) -> auto& { return c.astrocytes; });
  table.add(
      {.key = "somata", .meaning = "whether astrocytes have somata that exchange IP3 with the processes"},
      [](auto& c) -> auto& { return c.somata; });
  table.add(
      {.key = "junctions", .meaning = "gap junctions between somata: neighbours of a ring or of the sheet"},
      [](auto& c) -> auto& { return c.junctions; });
  table.add(
      {.key = "F",
       .symbol = "F",
       .unit = "uM/s",
       .meaning = "largest exchange of IP3 through a gap junction",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.junction_flux; });
  table.add(
      {.key = "stimulated",
       .meaning = "somata with an exogenous source of IP3 at astrocytes.stimulus; if any are given, the sources of all "
                  "other somata are at 0",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.stimulated; });
  table.add(
      {.key = "stimulus",
       .symbol = "I_bias",
       .unit = "uM",
       .meaning = "IP3 of the exogenous source of a stimulated soma",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.stimulus; });
  table.add(
      {.key = "stimulus_on", .unit = "s", .meaning = "duration of the stimulus in each period", .range = at_least(0)},
      [](auto& c) -> auto& { return c.stimulus_on; });
  table.add(
      {.key = "stimulus_period",
       .unit = "s",
       .meaning = "time from the beginning of one stimulus to that of the next",
       .range = above(0)},
      [](auto& c) -> auto& { return c.stimulus_period; });
  const ModelDescription& d = calcium_models().front().astrocyte().description;
  for (std::size_t k = 0; k < d.states.size(); ++k)
    add_initial_value(
        table, fmt::format("initial_{}_s", d.states[k].name),
        d.states[k], [k](auto& c) -> auto& { return c.soma_initial[0][k]; });
}

/// That what enters a group of neurons is complete, and that nothing was given that it does not use.
void check_group_input(std::string_view group, const GroupInput& input, std::uint64_t neurons, const NetworkConfig& c,
                       const Origins& origins) {
  const double dt = c.stepping.dt;
  const auto key = [&](std::string_view name) { return fmt::format("{}_input.{}", group, name); };
  if (const std::string given = origins.differing_within(fmt::format("{}_input", group));
      neurons == 0 && !given.empty())
    throw origins.error("population.excitatory", c.excitatory,
                        fmt::format("no neuron is {}, but {} is given", group, given));
  if (const std::string error = selection_error(input.neurons, neurons); !error.empty() && neurons > 0)
    throw origins.error(key("neurons"), input.neurons, error);
  check_pieces(input.values, input.times, key("values"), key("times"), dt, origins);
  check_pieces(input.rates, input.rate_times, key("rates"), key("rate_times"), dt, origins);
  const auto unused = [&](SpikeInput kind, std::initializer_list<const char*> names) {
    for (const char* name : names)
      if (origins.differs(key(name)) && input.spikes == kind)
        throw origins.error(key("spikes"), std::string(choice_name(kind)),
                            fmt::format("{} is given, which such spikes do not use", key(name)));
  };
  unused(SpikeInput::none, {"rates", "rate_times", "trains", "file", "population", "weight", "tau_s"});
  unused(SpikeInput::poisson, {"file", "population"});
  unused(SpikeInput::regular, {"trains", "file", "population"});
  unused(SpikeInput::file, {"rates", "rate_times", "trains"});
  if (input.spikes == SpikeInput::file && input.file.empty())
    throw origins.error(key("spikes"), std::string("file"), fmt::format("{} must name the file", key("file")));
  const double highest = *std::max_element(input.rates.begin(), input.rates.end());
  if (input.spikes == SpikeInput::regular && highest * dt > 1)
    throw origins.error(key("rates"), input.rates, "must be at most one regular spike per solver.dt");
}

void check_inputs(const NetworkConfig& c, const Origins& origins) {
  const std::uint64_t excitatory = excitatory_neurons(c), all = static_cast<std::uint64_t>(c.neurons);
  check_group_input("excitatory", c.excitatory_input, excitatory, c, origins);
  check_group_input("inhibitory", c.inhibitory_input, all - excitatory, c, origins);
}

/// That initial values of somata are those of the calcium model in use.
void check_somata(const NetworkConfig& c, const Origins& origins) {
  const CalciumModel& shown = calcium_models().front();
  if (c.synapse.calcium == shown.name) return;
  for (const StateInfo& state : shown.astrocyte().description.states)
    if (const std::string key = fmt::format("astrocytes.initial_{}_s", state.name); origins.differs(key))
      throw origins.error("synapse.calcium", c.synapse.calcium,
                          fmt::format("{} is not its default, but only synapse.calcium = {} uses it", key, shown.name));
}

void check_together(const NetworkConfig& c, const Origins& origins) {
  check_duration(c.duration, c.stepping.dt, origins);
  if (needs_jacobian(c.stepping.method))
    throw origins.error("solver.method", std::string(choice_name(c.stepping.method)),
                        "a network has no Jacobian of its own; expected dormand_prince or a method of fixed steps");
  if (is_adaptive(c.stepping.method) && c.coupling == Coupling::held)
    throw origins.error("solver.coupling", std::string(choice_name(c.coupling)), "must be staged with dormand_prince");
  check_calcium_clock(c.stepping, c.recording.interval, origins);
  if ((c.rule == Rule::file) != !c.edges.empty())
    throw origins.error("connectivity.rule", std::string(choice_name(c.rule)),
                        "connectivity.edges is to be given with rule = file, and only then");
  if (c.rule == Rule::tripartite_bernoulli_with_pool && (c.astrocytes == 0 || c.p_third == 0))
    throw origins.error("connectivity.rule", std::string(choice_name(c.rule)),
                        "needs astrocytes: astrocytes.count and connectivity.p_third above 0");
  for (const std::int64_t soma : c.stimulated)
    if (soma >= c.astrocytes)
      throw origins.error("astrocytes.stimulated", c.stimulated,
                          fmt::format("must be below astrocytes.count = {}", c.astrocytes));
  if (c.pool_size > c.astrocytes && c.p_third > 0 && c.neurons > 0)
    throw origins.error("connectivity.pool_size", std::int64_t(c.pool_size),
                        fmt::format("must be at most astrocytes.count = {}", c.astrocytes));
}

template <class Config>
void add_recording(ParameterTable<Config>& table) {
  table.add(
      {.key = "fields", .meaning = "what is recorded: " + words_of_network_fields()},
      [](auto& c) -> auto& { return c.recording.fields; });
  table.add(
      {.key = "elements",
       .meaning = "number of recorded neurons and of recorded synapses, evenly spread, where none are chosen; 0: all",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.recording.elements; });
  table.add(
      {.key = "neurons", .meaning = fmt::format("recorded neurons: {}", forms_of_selection), .optional = true},
      [](auto& c) -> auto& { return c.recording.neurons; });
  table.add(
      {.key = "synapses", .meaning = "recorded tripartite synapses, in the same form", .optional = true},
      [](auto& c) -> auto& { return c.recording.synapses; });
  table.add(
      {.key = "bare_synapses", .meaning = "recorded bare synapses, in the same form", .optional = true},
      [](auto& c) -> auto& { return c.recording.bare_synapses; });
  table.add(
      {.key = "astrocytes", .meaning = "recorded somata, in the same form; not set: all", .optional = true},
      [](auto& c) -> auto& { return c.recording.astrocytes; });
}

/// That there are such fields, and that what was chosen of each part is there and recorded. How many synapses there are
/// is known when they have been drawn.
void check_recording(const NetworkConfig& c, const Origins& origins) {
  const NetworkRecording& recording = c.recording;
  const std::vector<NetworkField> fields = network_fields(c.synapse.calcium);
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const NetworkField& field : fields) names.push_back(field.name);
  for (const std::string& wanted : recording.fields)
    if (std::find(names.begin(), names.end(), wanted) == names.end()) {
      const std::string meant = nearest(wanted, names);
      throw origins.error(
          "recording.fields", recording.fields,
          fmt::format("there is no field {}{}; expected some of {}", wanted,
                      meant.empty() ? "" : fmt::format(" (did you mean {}?)", meant), fmt::join(names, ", ")));
    }
  const auto check_part = [&](const char* name, NetworkPart part, const std::string& text,
                              std::optional<std::uint64_t> count) {
    if (text.empty()) return;
    const std::string key = fmt::format("recording.{}", name);
    const std::string error = count ? selection_error(text, *count) : selection_error(text);
    if (!error.empty()) throw origins.error(key, text, error);
    for (const NetworkField& field : fields)
      if (field.part == part &&
          std::find(recording.fields.begin(), recording.fields.end(), field.name) != recording.fields.end())
        return;
    throw origins.error(key, text, "recording.fields has no field of these");
  };
  check_part("neurons", NetworkPart::neurons, recording.neurons, std::uint64_t(c.neurons));
  check_part("synapses", NetworkPart::synapses, recording.synapses, std::nullopt);
  check_part("bare_synapses", NetworkPart::bare_synapses, recording.bare_synapses, std::nullopt);
  check_part("astrocytes", NetworkPart::astrocytes, recording.astrocytes, std::uint64_t(c.somata ? c.astrocytes : 0));
}

}  // namespace

std::uint64_t excitatory_neurons(const NetworkConfig& c) {
  return static_cast<std::uint64_t>(std::ceil(c.excitatory * static_cast<double>(c.neurons)));
}

template <class Config>
void add_network_parameters(ParameterTable<Config>& table) {
  add_neurons(table);
  add_group_input(
      table, "excitatory", [](auto& c) -> auto& { return c.excitatory_input; });
  add_group_input(
      table, "inhibitory", [](auto& c) -> auto& { return c.inhibitory_input; });
  add_connections(table);
  add_astrocytes(table);
  add_synapse_parameters(table);
  add_stepping_parameters(table);
  table.add(
      {.key = "coupling",
       .meaning = "what couples the cells is evaluated in every stage of a step (staged) or once per step (held)"},
      [](auto& c) -> auto& { return c.coupling; });
  table.section("recording", is_sweep<Config>
                                 ? "when samples are taken, and of which synapses and astrocytes calcium is "
                                   "observed; nothing is recorded in files"
                                 : "what recordings.h5 holds; releases.h5 always has every release");
  table.add(
      {.key = "interval", .unit = "s", .meaning = "time between frames, rounded to whole steps", .range = above(0)},
      [](auto& c) -> auto& { return c.recording.interval; });
  add_recording(table);
  add_execution_parameters(table);
  table.add(
      {.key = "seed", .meaning = "seed of connections and inputs", .range = at_least(0), .option = "--seed"},
      [](auto& c) -> auto& { return c.seed; });
  add_output_parameters(table);
  table.check(check_somata);
  table.check(check_together);
  table.check(check_inputs);
  table.check(check_recording);
}

template void add_network_parameters(ParameterTable<NetworkConfig>& table);
template void add_network_parameters(ParameterTable<NetworkSweepConfig>& table);

const ParameterTable<NetworkConfig>& network_parameters() {
  static const ParameterTable<NetworkConfig> table = [] {
    ParameterTable<NetworkConfig> made("network",
                                       "rate neurons on tripartite synapses, astrocytes with somata and gap junctions");
    add_network_parameters(made);
    return made;
  }();
  return table;
}

std::string_view rule_name(Rule rule) { return choice_name(rule); }

}  // namespace tripartite::config
