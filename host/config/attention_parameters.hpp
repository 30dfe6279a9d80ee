#pragma once

#include <algorithm>
#include <cmath>

#include "host/config/attend_config.hpp"
#include "host/config/choices.hpp"
#include "host/config/model_parameters.hpp"
#include "host/config/parameter_table.hpp"
#include "tripartite/attention/parameters.hpp"

namespace tripartite::config {

/// Conditions on several parameters of the network together; throws ConfigError.
void check_network(const attention::Parameters& network, const Origins& origins);
/// Throws ConfigError unless limits are what they should be.
void check_endurance(const Execution& execution, const Origins& origins);

/// The network's parameters, for every command that integrates it. `Config` has members `features` and `network`.
template <class Config>
void add_attention_parameters(ParameterTable<Config>& table) {
  table.section("features", "feature map of the hidden neurons");
  table.add(
      {.key = "map",
       .symbol = "φ",
       .meaning = "slots is exact softmax attention, favor* approximate it, elu1 and relu are linear attention; "
                  "auto: slots or elu1, as the model was trained",
       .option = "--features"},
      [](auto& c) -> auto& { return c.features.map; });
  table.add(
      {.key = "m",
       .symbol = "m",
       .meaning = "hidden neurons per head; 0: one per token for slots, the head's width for elu1, 256 for the others",
       .range = within(0, 1 << 20),
       .option = "--m"},
      [](auto& c) -> auto& { return c.features.m; });

  table.section("neuron", "the three layers of rate neurons");
  table.add(
      {.key = "tau_input",
       .symbol = "τ_f",
       .unit = "s",
       .meaning = "filter of the input projections k, q, v",
       .range = above(0)},
      [](auto& c) -> auto& { return c.network.tau_input; });
  table.add(
      {.key = "tau_hidden",
       .symbol = "τ_h",
       .unit = "s",
       .meaning = "firing rates of the hidden layer",
       .range = above(0)},
      [](auto& c) -> auto& { return c.network.tau_hidden; });
  table.add(
      {.key = "tau_output", .symbol = "τ_ℓ", .unit = "s", .meaning = "activity of the last layer", .range = above(0)},
      [](auto& c) -> auto& { return c.network.tau_output; });

  table.section("synapse", "Hebbian strength of the tripartite synapses");
  table.add(
      {.key = "tau_hebbian",
       .symbol = "τ_H",
       .unit = "s",
       .meaning = "Hebbian write; 0: schedule.write_time",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.network.tau_hebbian; });
  table.add(
      {.key = "decay_hebbian",
       .symbol = "λ_H",
       .unit = "1/s",
       .meaning = "forgetting of the Hebbian strength",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.network.decay_hebbian; });
  table.add(
      {.key = "heterogeneity",
       .symbol = "CV of a, b, τ_p",
       .unit = "1",
       .meaning = "coefficient of variation over synapses of both write gains and of the calcium time constant",
       .range = within(0, 10)},
      [](auto& c) -> auto& { return c.network.heterogeneity; });

  table.section("astrocyte", "calcium of the astrocyte processes");
  table.add(
      {.key = "tau_calcium",
       .symbol = "τ_p",
       .unit = "s",
       .meaning = "modulatory calcium of a process",
       .range = above(0)},
      [](auto& c) -> auto& { return c.network.tau_calcium; });
  table.add(
      {.key = "tau_store",
       .symbol = "τ_g",
       .unit = "s",
       .meaning = "calcium store of a process; 0: schedule.write_time",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.network.tau_store; });
  table.add(
      {.key = "decay_store",
       .symbol = "λ_g",
       .unit = "1/s",
       .meaning = "forgetting of the calcium store",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.network.decay_store; });
  table.add(
      {.key = "calcium_floor",
       .symbol = "p_floor",
       .unit = "1",
       .meaning = "keeps the division by calcium finite before the first read",
       .range = above(0)},
      [](auto& c) -> auto& { return c.network.calcium_floor; });
  table.add(
      {.key = "count",
       .symbol = "α",
       .meaning = "astrocytes per head; each owns whole rows of the synapse matrix",
       .range = at_least(1)},
      [](auto& c) -> auto& { return c.network.astrocytes; });

  table.add(
      {.key = "model",
       .meaning =
           fmt::format("modulatory calcium: linear is one equation of rate 1/τ_p; {} are biophysical calcium whose IP3 "
                       "the global calcium makes, calibrated to stand for it",
                       names_of_calcium_models())},
      [](auto& c) -> auto& { return c.network.calcium_model; });
  table.add(
      {.key = "speed",
       .symbol = "s",
       .unit = "1",
       .meaning = "factor on every rate of a biophysical calcium model; 1 is the astrocyte's own time scale",
       .range = above(0)},
      [](auto& c) -> auto& { return c.network.calcium_speed; });
  table.add(
      {.key = "production",
       .symbol = "P",
       .unit = "uM/s",
       .meaning = "IP3 that the largest global calcium of the calibration text makes in a biophysical calcium model",
       .range = above(0)},
      [](auto& c) -> auto& { return c.network.calcium_production; });
  table.add(
      {.key = "least",
       .symbol = "p_min",
       .unit = "1",
       .meaning = "least p of a biophysical calcium model, as a part of the smallest global calcium that the "
                  "calibration text read",
       .range = above(0)},
      [](auto& c) -> auto& { return c.network.calcium_least; });
  table.add(
      {.key = "start",
       .meaning = "where biophysical calcium begins: at rest, or settled to what the calibration text makes of it "
                  "on average"},
      [](auto& c) -> auto& { return c.network.calcium_start; });

  for (std::size_t m = 0; m < calcium_models().size(); ++m) {
    const CalciumModel& model = calcium_models()[m];
    table.section(std::string(model.name), std::string(model.title) + ", where it is astrocyte.model");
    for (std::size_t i = 0; i < model.parameters.size(); ++i)
      add_model_parameter(
          table, model.parameters[i],
          [ m, i ](auto& c) -> auto& { return attention::calcium_parameter(c.network, calcium_models()[m], i); });
  }

  table.section("schedule", "how long a token is held in each phase");
  table.add(
      {.key = "settle_time",
       .symbol = "settle",
       .unit = "s",
       .meaning = "before plasticity opens",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.network.settle_time; });
  table.add(
      {.key = "write_time", .symbol = "write", .unit = "s", .meaning = "with plasticity open", .range = above(0)},
      [](auto& c) -> auto& { return c.network.write_time; });
  table.add(
      {.key = "delay_time",
       .symbol = "delay",
       .unit = "s",
       .meaning = "between writing and reading, without input",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.network.delay_time; });
  table.add(
      {.key = "read_time", .symbol = "read", .unit = "s", .meaning = "before the output is sampled", .range = above(0)},
      [](auto& c) -> auto& { return c.network.read_time; });

  table.section("solver", "integration in time");
  table.add(
      {.key = "method",
       .meaning = "exact propagates a whole phase at once, the others step by dt",
       .option = "--solver"},
      [](auto& c) -> auto& { return c.network.solver; });
  table.add(
      {.key = "dt",
       .symbol = "dt",
       .unit = "s",
       .meaning = "step of the stepping solvers; divides every phase",
       .range = above(0),
       .option = "--dt"},
      [](auto& c) -> auto& { return c.network.dt; });

  table.check([](const Config& config, const Origins& origins) { check_network(config.network, origins); });
}

/// What a run does so that it survives, and when it is refused or stopped. In the section of `execution`.
template <class Config>
void add_endurance_parameters(ParameterTable<Config>& table) {
  table.add(
      {.key = "checkpoint_interval",
       .unit = "s",
       .meaning = "wall-clock time between checkpoints, from which `tripartite resume` goes on; 0: none are written",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.execution.checkpoint_interval; });
  table.add(
      {.key = "keep_checkpoint",
       .meaning =
           "keep the last checkpoint of a complete run, so that `tripartite resume --duration` can make it longer"},
      [](auto& c) -> auto& { return c.execution.keep_checkpoint; });
  table.add(
      {.key = "max_time",
       .meaning =
           "stop in order, with a checkpoint, before so much wall-clock time has passed: 90 (seconds), 55m, 1h30m",
       .option = "--max-time",
       .optional = true,
       .transient = true},
      [](auto& c) -> auto& { return c.execution.max_time; });
  table.add(
      {.key = "max_memory",
       .meaning = "refuse, before anything is allocated, what needs more memory than this: 4G, 512M",
       .option = "--max-memory",
       .optional = true,
       .transient = true},
      [](auto& c) -> auto& { return c.execution.max_memory; });
  table.check([](const Config& config, const Origins& origins) { check_endurance(config.execution, origins); });
}

/// Where and how the arithmetic happens. `Config` has a member `execution`.
template <class Config>
void add_execution_parameters(ParameterTable<Config>& table) {
  table.section("run", "where and how the arithmetic happens");
  table.add(
      {.key = "backend", .meaning = "auto takes CUDA where a device answers, else the CPU", .option = "--backend"},
      [](auto& c) -> auto& { return c.execution.backend; });
  table.add(
      {.key = "precision", .meaning = "of the state and of the arithmetic", .option = "--precision"},
      [](auto& c) -> auto& { return c.execution.precision; });
  table.add(
      {.key = "threads",
       .meaning = "of the CPU backend; 0: one per core; the result does not depend on it",
       .range = within(0, 4096),
       .option = "--threads"},
      [](auto& c) -> auto& { return c.execution.threads; });
  if constexpr (requires(Config c) { c.output.directory; }) add_endurance_parameters(table);
}

/// Where results go. `Config` has a member `output`. A command may say in its own words what a directory and an object
/// mean there.
template <class Config>
void add_output_parameters(ParameterTable<Config>& table,
                           const char* directory = "run directory, new or empty; without it runs/<command>-<time>",
                           const char* object = "print the results object alone on standard output") {
  table.section("output", "where results go; not part of the effective configuration");
  table.add(
      {.key = "directory", .meaning = directory, .option = "--out", .optional = true, .transient = true},
      [](auto& c) -> auto& { return c.output.directory; });
  table.add(
      {.key = "force", .meaning = "replace the run directory if it exists", .option = "--force", .transient = true},
      [](auto& c) -> auto& { return c.output.force; });
  table.add(
      {.key = "json", .meaning = object, .option = "--json", .transient = true},
      [](auto& c) -> auto& { return c.output.json; });
}

}  // namespace tripartite::config
