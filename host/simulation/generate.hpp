#pragma once

#include <functional>
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
  double seconds = 0;            // wall time of reading the prompt and writing
  double simulated_seconds = 0;  // of every layer's network; 0 without it
};

/// Continues a prompt. `on_text` gets the bytes of every new token as soon as it is drawn. Throws ConfigError if the
/// model is not a language model or prompt and new tokens are longer than it knows, and what attend throws; `result`
/// then has what was written.
void generate(const config::GenerateConfig& config, RunListener& listener,
              const std::function<void(std::string_view)>& on_text, GenerateResult& result);

}  // namespace tripartite::simulation
