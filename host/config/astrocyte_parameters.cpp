#include "host/config/astrocyte_parameters.hpp"

#include "host/config/choices.hpp"
#include "host/config/method_help.hpp"
#include "host/config/synapse_parameters.hpp"

namespace tripartite::config {

template <>
struct Choices<InputKind> {
  static constexpr std::array names{
      std::pair{InputKind::poisson, std::string_view("poisson")},
      std::pair{InputKind::regular, std::string_view("regular")},
      std::pair{InputKind::file, std::string_view("file")},
  };
};

namespace {

using Table = ParameterTable<AstrocyteConfig>;

/// The calcium model whose parameters are in [astrocyte]: the default.
std::size_t shown_model() {
  return std::size_t(&find_calcium_model(AstrocyteConfig().astrocyte.calcium) - calcium_models().data());
}

void add_cells(Table& table) {
  table.section("population", "how many astrocytes, and for how long");
  table.add(
      {.key = "astrocytes",
       .meaning = "number of astrocytes, which do not act on each other",
       .range = within(1, 1e9),
       .option = "--astrocytes"},
      [](auto& c) -> auto& { return c.astrocytes; });
  table.add(
      {.key = "varied", .meaning = fmt::format("parameters with a value per astrocyte: {}", laws_of_variation)},
      [](auto& c) -> auto& { return c.varied; });
  table.add(
      {.key = "duration", .unit = "s", .meaning = "simulated time", .range = above(0), .option = "--duration"},
      [](auto& c) -> auto& { return c.duration; });
  table.section("astrocyte", "IP3, calcium and the slow inward current that calcium brings about");
  table.add(
      {.key = "calcium", .meaning = fmt::format("calcium model: {}", names_of_calcium_models()), .option = "--calcium"},
      [](auto& c) -> auto& { return c.astrocyte.calcium; });
  const std::size_t shown = shown_model();
  const ModelDescription& d = calcium_models()[shown].astrocyte().description;
  for (const char* name : {"Delta_I", "C_Theta"}) {
    const auto i = std::size_t(parameter_place(d, name));
    add_model_parameter(
        table, d.parameters[i], [i](auto& c) -> auto& { return c.astrocyte.own[i]; });
  }
  for (std::size_t i = std::size_t(d.cell_parameter); i < d.parameters.size(); ++i)
    add_model_parameter(
        table, d.parameters[i], [ shown, k = i - std::size_t(d.cell_parameter) ](auto& c) -> auto& {
          return c.astrocyte.cells[shown].parameters[k];
        });
  table.add(
      {.key = "I_SIC_scale",
       .unit = "pA",
       .meaning = "slow inward current where calcium is e nM above C_Θ",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.current_scale; });
  table.section("initial", "state of every astrocyte at t = 0");
  for (std::size_t k = 0; k < d.states.size(); ++k)
    add_initial_value(
        table, d.states[k].name, d.states[k],
        [ shown, k ](auto& c) -> auto& { return c.astrocyte.cells[shown].initial[k]; });
  add_calcium_models(
      table, &CalciumModel::astrocyte, shown, [](auto& c) -> auto& { return c.astrocyte.cells; });
}

void check(const AstrocyteConfig& c, const Origins& origins) {
  check_duration(c.duration, c.stepping.dt, origins);
  if ((c.inputs == InputKind::file) != !c.spikes.empty())
    throw origins.error("inputs.kind", std::string(choice_name(c.inputs)),
                        "inputs.spikes is to be given with kind = file, and only then");
  const std::string choice = fmt::format("inputs.kind = {}", choice_name(c.inputs));
  switch (c.inputs) {
    case InputKind::poisson:
    case InputKind::regular: origins.refuse_unused({"inputs.population"}, choice); break;
    case InputKind::file: origins.refuse_unused({"inputs.rate"}, choice); break;
  }
  if (!c.weights.empty()) origins.refuse_unused({"inputs.weight"}, "inputs.weights");
  if (c.inputs == InputKind::regular && !(c.rate > 0))
    throw origins.error("inputs.rate", c.rate, "must be > 0 for regular inputs");
  if (c.inputs == InputKind::regular && c.rate * c.stepping.dt > 1)
    throw origins.error("inputs.rate", c.rate, "must be at most one regular input per solver.dt");
  check_calcium(c.astrocyte.calcium, "astrocyte.calcium", calcium_models()[shown_model()].name, origins);
}

Table make_table() {
  Table table("astrocyte", "astrocytes by themselves: IP3, calcium, slow inward current");
  add_cells(table);
  table.section("inputs", "events at the ends of steps, each of which makes IP3");
  table.add(
      {.key = "kind",
       .meaning = "where inputs come from: independent Poisson trains, one regular train, or spikes of a file"},
      [](auto& c) -> auto& { return c.inputs; });
  table.add(
      {.key = "rate",
       .unit = "1/s",
       .meaning = "rate of poisson and regular inputs",
       .range = at_least(0),
       .option = "--rate"},
      [](auto& c) -> auto& { return c.rate; });
  table.add(
      {.key = "weight",
       .meaning = "weight of an input, which adds Delta_I times its weight to IP3",
       .range = at_least(0),
       .option = "--weight"},
      [](auto& c) -> auto& { return c.weight; });
  table.add(
      {.key = "weights",
       .meaning =
           "several weights in place of inputs.weight; inputs of astrocyte i (with a file: of node i) have entry i mod "
           "the number of weights",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.weights; });
  table.add(
      {.key = "spikes",
       .meaning =
           "file of inputs, SONATA or text (docs/formats.md); astrocyte i listens to node i mod the number of nodes",
       .optional = true},
      [](auto& c) -> auto& { return c.spikes; });
  table.add(
      {.key = "population",
       .meaning = "population in the SONATA file of inputs; not needed if the file has one",
       .optional = true},
      [](auto& c) -> auto& { return c.population; });
  table.section("solver", "integration in time");
  table.add(
      {.key = "method",
       .meaning = with_measured_methods(
           "dormand_prince and rosenbrock choose their steps per astrocyte and locate crossings of C_Θ; the others "
           "take steps of dt"),
       .option = "--solver"},
      [](auto& c) -> auto& { return c.stepping.method; });
  table.add(
      {.key = "dt",
       .unit = "s",
       .meaning = "time step; inputs act at the end of a step",
       .range = above(0),
       .option = "--dt"},
      [](auto& c) -> auto& { return c.stepping.dt; });
  add_tolerances(table);
  add_step_check(table);
  table.section("recording", "what recordings.h5 holds; crossings.h5 always has every crossing of C_Θ");
  table.add(
      {.key = "interval", .unit = "s", .meaning = "time between frames, rounded to whole steps", .range = above(0)},
      [](auto& c) -> auto& { return c.interval; });
  table.add(
      {.key = "astrocytes", .meaning = "number of recorded astrocytes, evenly spread; 0: all", .range = at_least(0)},
      [](auto& c) -> auto& { return c.recorded; });
  add_execution_parameters(table);
  table.add(
      {.key = "seed", .meaning = "seed of Poisson inputs", .range = at_least(0), .option = "--seed"},
      [](auto& c) -> auto& { return c.seed; });
  add_output_parameters(table);
  table.check(check);
  return table;
}

}  // namespace

const ParameterTable<AstrocyteConfig>& astrocyte_parameters() {
  static const ParameterTable<AstrocyteConfig> table = make_table();
  return table;
}

}  // namespace tripartite::config
