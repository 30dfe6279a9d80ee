#include "host/simulation/generate.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "host/cli/recorded_run.hpp"
#include "host/cli/run_listener.hpp"
#include "host/config/generate_parameters.hpp"
#include "host/config/quantity.hpp"
#include "host/io/atomic_file.hpp"
#include "host/report/counted.hpp"
#include "host/report/pages.hpp"

namespace tripartite::cli {
namespace {

constexpr auto examples =
    "Examples:\n"
    "  tripartite generate --prompt \"And the king said\" --tokens 40\n"
    "  tripartite generate --prompt \"And the king said\" --network      the same words, by the integrated network\n"
    "  tripartite generate --model linear --network --temperature 0     always the likeliest token\n"
    "  tripartite generate --model DIR --prompt \"Once upon a time\"      a GPT-2 directory\n"
    "  tripartite generate --network --out runs/text    keeps every token; after Ctrl-C `tripartite resume` goes on\n";

/// Writes the text as it comes, unless one object is wanted in the end.
class Stream {
 public:
  Stream(const config::GenerateConfig& config, Session& session) : config_(config), out_(session.results) {}

  void begin() {
    if (config_.output.json || has_begun_) return;
    out_ << config_.prompt << std::flush;
    has_begun_ = true;
  }
  void add(std::string_view text) {
    begin();
    if (!config_.output.json) out_ << text << std::flush;
  }
  /// Of the line, also where the text ends early.
  void end() {
    if (has_begun_) out_ << '\n';
  }

 private:
  const config::GenerateConfig& config_;
  std::ostream& out_;
  bool has_begun_ = false;
};

void write_text(const config::GenerateConfig& config, simulation::RunListener& listener, Stream& stream,
                simulation::GenerateResult& result) {
  try {
    simulation::generate(
        config, listener, [&](std::string_view text) { stream.add(text); }, result);
  } catch (...) {
    stream.end();
    throw;
  }
  stream.end();
}

std::string rate_of(const config::GenerateConfig& config, const simulation::GenerateResult& result) {
  const std::string rate =
      fmt::format("{} in {:.1f} s ({:.1f} per second)", report::counted(result.ids.size(), "token"), result.seconds,
                  double(result.ids.size()) / result.seconds);
  return config.integrate ? fmt::format("{}; {:.0f} s of simulated time in every layer", rate, result.simulated_seconds)
                          : rate;
}

Status leave_nothing(const config::GenerateConfig& config, Session& session) {
  limit_host_memory(std::size_t(config::read_size(config.execution.max_memory).value_or(0)));
  simulation::GenerateResult result;
  Stream stream(config, session);
  TerminalListener listener(
      session, [&] { stream.begin(); }, config::read_duration(config.execution.max_time).value_or(0));
  write_text(config, listener, stream, result);
  // A last token may end inside a character.
  if (config.output.json)
    session.results
        << simulation::results_of(config, result).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
        << '\n';
  else
    session.messages << rate_of(config, result) << '\n';
  return Status::done;
}

Status leave_directory(config::GenerateConfig config, const Beginning& beginning, Session& session) {
  config = simulation::effective(std::move(config));
  simulation::GenerateResult result;
  Stream stream(config, session);
  RecordedRun run;
  run.output = config.output;
  run.execution = config.execution;
  run.beginning = beginning;
  run.describe = [&] {
    auto description = description_of(config::generate_parameters(), config);
    description.command_line = session.command_line;
    description.commit = commit();
    return description;
  };
  run.compute = [&](simulation::RunListener& listener, const std::optional<simulation::RunDirectory>&) {
    write_text(config, listener, stream, result);
  };
  run.write = [&](simulation::RunDirectory& directory) {
    directory.results() = simulation::results_of(config, result);
    directory.note_times({{"reading and writing", result.seconds}});
    io::write_file(directory.file("text.txt"), result.prompt + result.text + '\n');
  };
  run.print = [&](std::ostream&) { session.messages << rate_of(config, result) << '\n'; };
  return carry_out(run, session);
}

Status generate(const config::GenerateConfig& config, Session& session) {
  return config.output.directory.empty() ? leave_nothing(config, session) : leave_directory(config, {}, session);
}

Status go_on(const config::Settings& settings, bool allow_backend_change, Session& session) {
  return leave_directory(config::generate_parameters().resolve(settings),
                         {.in_directory = true, .from_checkpoint = true, .allow_backend_change = allow_backend_change},
                         session);
}

}  // namespace

Command generate_command() {
  Work work = configured<config::GenerateConfig>({.parameters = config::generate_parameters, .run = generate});
  work.go_on = go_on;
  return {.name = "generate",
          .summary = "write text with a language model, its attention by matrix products or by the network",
          .examples = examples,
          .page = {"summary.json", report::write_generate},
          .work = std::move(work)};
}

}  // namespace tripartite::cli
