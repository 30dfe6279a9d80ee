#include "host/cli/recorded_run.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <ostream>
#include <string>

#include "host/cli/commands.hpp"
#include "host/cli/interrupt.hpp"
#include "host/cli/run_listener.hpp"
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
  if (run.resume) return simulation::Existing::resume;
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

Status carry_out(const RecordedRun& run, Session& session) {
  std::optional<simulation::RunDirectory> directory;
  try {
    {
      TerminalListener listener(session, [&] {
        keep_on_interrupt();
        directory.emplace(run.output.directory, existing(run), run.describe());
      });
      // Who did not ask for CUDA need not hear that there is none; but a device whose module is missing is a fault.
      if (run.execution.backend == Backend::automatic && built_with_cuda())
        if (const std::string reason = why_unavailable(Backend::cuda); reason.starts_with("the module"))
          listener.message(fmt::format("cuda: {}; the CPU computes", reason));
      run.compute(listener, directory);
    }
    run.write(*directory);
    directory->finish();
  } catch (const std::exception& error) {
    if (directory) {
      attempt([&] { run.write(*directory); });
      directory->fail(error);
      attempt([&] { report::write_report(directory->path(), report_pages()); });
      session.messages << fmt::format("tripartite: what was finished is in {}\n", directory->path().string());
    }
    throw;
  }
  report::write_report(directory->path(), report_pages());
  if (run.output.json) {
    session.results << directory->results().dump(2) << '\n';
  } else {
    run.print(session.results);
    session.results << fmt::format("\nreport: {}\n", (directory->path() / "report.html").string());
  }
  return Status::done;
}

}  // namespace tripartite::cli
