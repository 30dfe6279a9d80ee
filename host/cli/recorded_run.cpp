#include "host/cli/recorded_run.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <limits>
#include <ostream>
#include <string>

#include "host/cli/commands.hpp"
#include "host/cli/interrupt.hpp"
#include "host/cli/run_listener.hpp"
#include "host/config/quantity.hpp"
#include "host/io/shell_word.hpp"
#include "host/run/checkpoints.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"

namespace tripartite::cli {
namespace {

/// Keeps what can still be kept of a run that failed: the error that ended it is the one to tell, not what follows from
/// it.
void attempt(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception&) {
    return;
  }
}

simulation::Existing existing(const RecordedRun& run) {
  if (run.beginning.in_directory) return simulation::Existing::resume;
  return run.output.force ? simulation::Existing::replace : simulation::Existing::refuse;
}

}  // namespace

std::shared_ptr<std::string> declare_resume(CLI::App& app, const char* meaning) {
  auto directory = std::make_shared<std::string>();
  app.add_option("--resume", *directory, meaning)->type_name("DIR");
  return directory;
}

config::Settings resumed(config::Settings given, const config::TableDescription& table,
                         std::span<const std::string_view> may_change, const std::string& directory) {
  for (const config::Parameter& parameter : table.parameters)
    if (const auto* found = given.find(parameter.key);
        found != nullptr && std::find(may_change.begin(), may_change.end(), parameter.key) == may_change.end())
      throw ConfigError(fmt::format("{}: {} cannot change when a study is resumed", found->source, parameter.key));
  given.read_file(std::filesystem::path(directory) / "config.toml");
  given.set("output.directory", directory, "--resume");
  return given;
}

/// What the run keeps to be taken up again.
run::Checkpoints::Options checkpoints_of(const RecordedRun& run, const simulation::RunDirectory& directory,
                                         const simulation::RunDescription& description, TerminalListener& listener) {
  run::Checkpoints::Options options;
  options.directory = directory.path();
  options.identity = {description.command, std::string(to_string(description.precision)),
                      std::string(to_string(description.backend)), std::string(to_string(best_instruction_set()))};
  options.interval = run.execution.checkpoint_interval > 0 ? run.execution.checkpoint_interval
                                                           : std::numeric_limits<double>::infinity();
  options.wanted = take_checkpoint_request;
  options.keep = run.execution.keep_checkpoint;
  options.resume = run.beginning.from_checkpoint;
  options.allow_other_backend = run.beginning.allow_backend_change;
  options.tell = [&listener](std::string_view what) { listener.message(what); };
  return options;
}

/// How a run that ended early can be taken up.
std::string remedy_of(const simulation::RunDirectory& directory) {
  if (!run::can_go_on(directory.path())) return "";
  return fmt::format("; `tripartite resume {}` goes on", io::shell_word(directory.path().string()));
}

Status carry_out(const RecordedRun& run, Session& session) {
  std::optional<simulation::RunDirectory> directory;
  std::optional<run::Checkpoints> checkpoints;
  limit_host_memory(std::size_t(config::read_size(run.execution.max_memory).value_or(0)));
  try {
    {
      TerminalListener listener(
          session,
          [&] {
            keep_on_interrupt();
            const auto description = run.describe();
            directory.emplace(run.output.directory, existing(run), description);
            if (run.execution.checkpoint_interval <= 0 && !run.beginning.from_checkpoint) return;
            checkpoints.emplace(checkpoints_of(run, *directory, description, listener));
            listener.keep_in(*checkpoints);
          },
          config::read_duration(run.execution.max_time).value_or(0));
      // Who did not ask for CUDA need not hear that there is none; but a device whose module is missing is a fault.
      if (run.execution.backend == Backend::automatic && built_with_cuda())
        if (const std::string reason = why_unavailable(Backend::cuda); reason.starts_with("the module"))
          listener.message(fmt::format("cuda: {}; the CPU computes", reason));
      try {
        run.compute(listener, directory);
      } catch (const Cancelled&) {
        if (!listener.is_late()) throw;
        throw Cancelled(fmt::format("stopped, as run.max_time = {} is nearly over", run.execution.max_time));
      }
    }
    run.write(*directory);
    directory->finish();
    if (checkpoints) checkpoints->finish_run();
  } catch (const std::exception& error) {
    if (directory) {
      attempt([&] { run.write(*directory); });
      directory->fail(error);
      attempt([&] { report::write_report(directory->path(), report_pages()); });
      session.messages << fmt::format("tripartite: what was finished is in {}{}\n", directory->path().string(),
                                      remedy_of(*directory));
    }
    throw;
  }
  report::write_report(directory->path(), report_pages());
  if (run.output.json) {
    // A generated text may end inside a character.
    session.results << directory->results().dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
                    << '\n';
  } else {
    run.print(session.results);
    session.results << fmt::format("\nreport: {}\n", (directory->path() / "report.html").string());
  }
  return Status::done;
}

}  // namespace tripartite::cli
