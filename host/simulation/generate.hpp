#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/generate_config.hpp"
#include "host/simulation/attend.hpp"

namespace tripartite::simulation {

struct GenerateResult {
  std::string model;
  std::string prompt;
  std::string text;  // what was written after the prompt
  std::vector<int> prompt_ids;
  std::vector<int> ids;          // new tokens
  double seconds = 0;            // wall time of reading the prompt and writing, of all parts of a run that was resumed
  double simulated_seconds = 0;  // of every layer's network; 0 without it
};

/// The configuration that repeats the run from any directory: with the backend that it means on this machine, and the
/// whole path of a model's directory.
config::GenerateConfig effective(config::GenerateConfig config);

/// Continues a prompt. `on_text` gets the bytes of every new token as soon as it is drawn. Throws ConfigError if the
/// model is not a language model or prompt and new tokens are longer than it knows, and what attend throws; `result`
/// then has what was written.
///
/// Where the listener has checkpoints, every token is kept as soon as it is drawn, and the state of the network every
/// so often. A run that is taken up hands the kept tokens to `on_text` once more, loads the last state, feeds the
/// tokens behind it and draws the others, bit for bit as if nothing had stopped it. Attention by matrix products reads
/// all tokens again, one by one as before.
void generate(const config::GenerateConfig& config, RunListener& listener,
              const std::function<void(std::string_view)>& on_text, GenerateResult& result);

/// The object that --json prints.
nlohmann::ordered_json results_of(const config::GenerateConfig& config, const GenerateResult& result);

}  // namespace tripartite::simulation
