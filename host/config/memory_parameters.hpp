#pragma once

#include "host/config/attention_parameters.hpp"
#include "host/config/memory_choices.hpp"
#include "host/config/memory_config.hpp"
#include "host/config/parameter_table.hpp"

namespace tripartite::config {

/// The tables of `tripartite recall` and `tripartite capacity`.
const ParameterTable<RecallConfig>& recall_parameters();
const ParameterTable<CapacityConfig>& capacity_parameters();

/// The configuration of what was given; what was not given is as the regime has it.
RecallConfig resolve_recall(Settings settings);
CapacityConfig resolve_capacity(Settings settings);

/// kappa from "3N", "0.5N" or a number. Throws ConfigError.
double memory_weight(const std::string& text, int neurons);

/// The sections of the network, its cue and its solver. `Config` has members `network`, `cue` and `steps`.
template <class Config>
void add_memory_parameters(ParameterTable<Config>& table) {
  table.section("cue", "what the network is shown of a memory");
  table.add(
      {.key = "kind",
       .meaning = "flip changes signs, occlude sets the last neurons (the lower part of an image) to -1, noise adds "
                  "normal deviates",
       .option = "--kind"},
      [](auto& c) -> auto& { return c.cue.corruption; });
  table.add(
      {.key = "corruption",
       .unit = "1",
       .meaning = "fraction of the neurons that is flipped or occluded; standard deviation of the noise",
       .range = at_least(0),
       .option = "--corruption"},
      [](auto& c) -> auto& { return c.cue.level; });

  table.section("network", "the associative memory as a whole");
  table.add(
      {.key = "regime",
       .meaning = "start and weights: cold starts from empty synapses, so that the flow recalls; warm is the published "
                  "tutorial, which begins with one application of the memory kernel",
       .option = "--regime"},
      [](auto& c) -> auto& { return c.network.regime; });

  table.section("neuron", "the neurons' states x");
  table.add(
      {.key = "tau", .symbol = "τ_n", .unit = "s", .meaning = "time constant", .range = above(0)},
      [](auto& c) -> auto& { return c.network.parameters.tau_neuron; });
  table.add(
      {.key = "decay", .symbol = "λ", .unit = "1", .meaning = "leak", .range = at_least(0)},
      [](auto& c) -> auto& { return c.network.parameters.decay_neuron; });
  table.add(
      {.key = "gain", .symbol = "β of φ", .unit = "1", .meaning = "of φ(x) = tanh(βx)", .range = above(0)},
      [](auto& c) -> auto& { return c.network.parameters.gain_neuron; });

  table.section("synapse", "the synapses' states s");
  table.add(
      {.key = "tau", .symbol = "τ_s", .unit = "s", .meaning = "time constant", .range = above(0)},
      [](auto& c) -> auto& { return c.network.parameters.tau_synapse; });
  table.add(
      {.key = "decay", .symbol = "α", .unit = "1", .meaning = "leak", .range = at_least(0)},
      [](auto& c) -> auto& { return c.network.parameters.decay_synapse; });
  table.add(
      {.key = "gain", .symbol = "β of g", .unit = "1", .meaning = "of g(s) = tanh(βs)", .range = above(0)},
      [](auto& c) -> auto& { return c.network.parameters.gain_synapse; });
  table.add(
      {.key = "hebbian_weight", .symbol = "w_h", .unit = "1", .meaning = "of φ(x_i) φ(x_j) onto the synapse"},
      [](auto& c) -> auto& { return c.network.parameters.hebbian_weight; });
  table.add(
      {.key = "process_weight",
       .symbol = "w_p",
       .unit = "1",
       .meaning = "of the astrocyte process onto the synapse; 1 if warm"},
      [](auto& c) -> auto& { return c.network.parameters.process_to_synapse; });

  table.section("process", "the astrocyte processes' states p");
  table.add(
      {.key = "tau", .symbol = "τ_p", .unit = "s", .meaning = "time constant", .range = above(0)},
      [](auto& c) -> auto& { return c.network.parameters.tau_process; });
  table.add(
      {.key = "decay", .symbol = "γ", .unit = "1", .meaning = "leak", .range = at_least(0)},
      [](auto& c) -> auto& { return c.network.parameters.decay_process; });
  table.add(
      {.key = "gain", .symbol = "β of ψ", .unit = "1", .meaning = "of ψ(p) = tanh(βp)", .range = above(0)},
      [](auto& c) -> auto& { return c.network.parameters.gain_process; });
  table.add(
      {.key = "synapse_weight", .symbol = "w_s", .unit = "1", .meaning = "of the synapse onto the process; 1 if warm"},
      [](auto& c) -> auto& { return c.network.parameters.synapse_to_process; });
  table.add(
      {.key = "memory_weight",
       .symbol = "κ",
       .unit = "1",
       .meaning = "of the coupling T that holds the memories: a number, or a multiple of N as in 3N; 0 removes "
                  "it; 1 if warm",
       .option = "--kappa"},
      [](auto& c) -> auto& { return c.network.memory_weight; });

  table.section("solver", "integration in time");
  table.add(
      {.key = "method",
       .meaning = "adaptive chooses its steps by the tolerance, the others step by dt",
       .option = "--solver"},
      [](auto& c) -> auto& { return c.network.parameters.solver; });
  table.add(
      {.key = "dt",
       .symbol = "dt",
       .unit = "s",
       .meaning = "step; of adaptive the first one",
       .range = above(0),
       .option = "--dt"},
      [](auto& c) -> auto& { return c.network.parameters.dt; });
  table.add(
      {.key = "steps", .meaning = "at most, of each cue", .range = at_least(1), .option = "--steps"},
      [](auto& c) -> auto& { return c.steps; });
  table.add(
      {.key = "tolerance",
       .unit = "1",
       .meaning = "of adaptive: error of a step against 1 + |state|",
       .range = above(0)},
      [](auto& c) -> auto& { return c.network.parameters.tolerance; });
  table.add(
      {.key = "settled_rate",
       .unit = "1",
       .meaning = "a cue is done when τ |dy/dt| < settled_rate (1 + |y|) for every state; 0: after all steps",
       .range = at_least(0)},
      [](auto& c) -> auto& { return c.network.parameters.settled_rate; });

  table.check([](const Config& config, const Origins& origins) {
    if (config.cue.corruption != memory::Corruption::noise && config.cue.level > 1)
      throw origins.error("cue.corruption", config.cue.level, "must be in [0, 1] for flip and occlude");
    try {
      (void)memory_weight(config.network.memory_weight, 1);
    } catch (const ConfigError&) {
      throw origins.error("process.memory_weight", config.network.memory_weight,
                          "must be a number, or a number followed by N");
    }
  });
}

}  // namespace tripartite::config
