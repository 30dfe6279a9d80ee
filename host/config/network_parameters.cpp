#include "host/config/network_parameters.hpp"

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

using Table = ParameterTable<NetworkConfig>;

void add_neurons(Table& table) {
  table.section("population", "neurons and time");
  table.add(
      {.key = "neurons",
       .meaning = "number of neurons; 0: astrocytes alone",
       .range = within(0, 4e9),
       .option = "--neurons"},
      [](auto& c) -> auto& { return c.neurons; });
  table.add(
      {.key = "excitatory", .meaning = "fraction of excitatory neurons, the first ones", .range = within(0, 1)},
      [](auto& c) -> auto& { return c.excitatory; });
  table.add(
      {.key = "duration", .unit = "s", .meaning = "simulated time", .range = above(0), .option = "--duration"},
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

void add_connections(Table& table) {
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
           "SONATA file of edges, for rule = file; efficacies are read from 0/J or 0/syn_weight and astrocytes from "
           "0/astrocyte (-1: bare) where the file has them",
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

void add_astrocytes(Table& table) {
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

/// That initial values of somata are those of the calcium model in use.
void check_somata(const NetworkConfig& c, const Origins& origins) {
  const CalciumModel& shown = calcium_models().front();
  if (c.synapse.calcium == shown.name) return;
  for (const StateInfo& state : shown.astrocyte().description.states)
    if (const std::string key = fmt::format("astrocytes.initial_{}_s", state.name); origins.differs(key))
      throw origins.error("synapse.calcium", c.synapse.calcium,
                          fmt::format("{} is not its default, but only synapse.calcium = {} uses it", key, shown.name));
}

void check(const NetworkConfig& c, const Origins& origins) {
  check_duration(c.duration, c.stepping.dt, origins);
  if (needs_jacobian(c.stepping.method))
    throw origins.error("solver.method", std::string(choice_name(c.stepping.method)),
                        "a network has no Jacobian of its own; expected dormand_prince or a method of fixed steps");
  if (is_adaptive(c.stepping.method) && c.coupling == Coupling::held)
    throw origins.error("solver.coupling", std::string(choice_name(c.coupling)), "must be staged with dormand_prince");
  check_calcium_clock(c.stepping, c.interval, origins);
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

Table make_table() {
  Table table("network", "rate neurons on tripartite synapses, astrocytes with somata and gap junctions");
  add_neurons(table);
  add_connections(table);
  add_astrocytes(table);
  add_synapse_parameters(table);
  add_stepping_parameters(table);
  table.add(
      {.key = "coupling",
       .meaning = "what couples the cells is evaluated in every stage of a step (staged) or once per step (held)"},
      [](auto& c) -> auto& { return c.coupling; });
  table.section("recording", "what recordings.h5 holds; releases.h5 always has every release");
  table.add(
      {.key = "interval", .unit = "s", .meaning = "time between frames, rounded to whole steps", .range = above(0)},
      [](auto& c) -> auto& { return c.interval; });
  table.add(
      {.key = "elements",
       .meaning = "number of recorded neurons and of recorded synapses, evenly spread; 0: all",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.recorded; });
  add_execution_parameters(table);
  table.add(
      {.key = "seed", .meaning = "seed of connections and inputs", .range = at_least(0), .option = "--seed"},
      [](auto& c) -> auto& { return c.seed; });
  add_output_parameters(table);
  table.check(check_somata);
  table.check(check);
  return table;
}

}  // namespace

const ParameterTable<NetworkConfig>& network_parameters() {
  static const ParameterTable<NetworkConfig> table = make_table();
  return table;
}

std::string_view rule_name(Rule rule) { return choice_name(rule); }

}  // namespace tripartite::config
