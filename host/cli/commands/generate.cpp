#include "host/simulation/generate.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "host/cli/config_options.hpp"
#include "host/cli/run_listener.hpp"
#include "host/config/generate_parameters.hpp"
#include "host/report/counted.hpp"

namespace tripartite::cli {
namespace {

constexpr auto examples =
    "Examples:\n"
    "  tripartite generate --prompt \"And the king said\" --tokens 40\n"
    "  tripartite generate --prompt \"And the king said\" --network      the same words, by the integrated network\n"
    "  tripartite generate --model linear --network --temperature 0     always the likeliest token\n"
    "  tripartite generate --model DIR --prompt \"Once upon a time\"      a GPT-2 directory\n";

Status generate(const config::GenerateConfig& config, Session& session) {
  simulation::GenerateResult result;
  const bool stream = !config.json;
  TerminalListener listener(session, [&] {
    if (stream) session.results << config.prompt << std::flush;
  });
  const auto show = [&](std::string_view text) {
    if (stream) session.results << text << std::flush;
  };
  try {
    simulation::generate(config, listener, show, result);
  } catch (...) {
    if (stream && !result.prompt_ids.empty()) session.results << '\n';
    throw;
  }
  if (!stream) {
    const nlohmann::ordered_json object{
        {"model", result.model},           {"network", config.integrate},
        {"prompt", result.prompt},         {"text", result.text},
        {"prompt_ids", result.prompt_ids}, {"ids", result.ids},
        {"seconds", result.seconds},       {"simulated_seconds", result.simulated_seconds}};
    // A last token may end inside a character.
    session.results << object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
    return Status::done;
  }
  session.results << '\n';
  const double rate = double(result.ids.size()) / result.seconds;
  session.messages << (config.integrate
                           ? fmt::format(
                                 "{} in {:.1f} s ({:.1f} per second); {:.0f} s of simulated time in every layer\n",
                                 report::counted(result.ids.size(), "token"), result.seconds, rate,
                                 result.simulated_seconds)
                           : fmt::format("{} in {:.1f} s ({:.1f} per second)\n",
                                         report::counted(result.ids.size(), "token"), result.seconds, rate));
  return Status::done;
}

}  // namespace

Command generate_command() {
  return {.name = "generate",
          .summary = "write text with a language model, its attention by matrix products or by the network",
          .examples = examples,
          .work = configured<config::GenerateConfig>({.parameters = config::generate_parameters, .run = generate})};
}

}  // namespace tripartite::cli
