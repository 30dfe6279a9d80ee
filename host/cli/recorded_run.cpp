#include "host/cli/recorded_run.hpp"

#include <fmt/format.h>

#include <optional>
#include <ostream>
#include <string>

#include "host/cli/run_listener.hpp"
#include "tripartite/report/report.hpp"

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

Status carry_out(const RecordedRun& run, Session& session) {
  std::optional<simulation::RunDirectory> directory;
  try {
    {
      TerminalListener listener(session,
                                [&] { directory.emplace(run.output.directory, existing(run), run.describe()); });
      if (run.execution.backend == Backend::automatic && built_with_cuda())
        if (const std::string reason = why_unavailable(Backend::cuda); !reason.empty())
          listener.message(fmt::format("cuda: {}; the CPU computes", reason));
      run.compute(listener, directory);
    }
    run.write(*directory);
    directory->finish();
  } catch (const std::exception& error) {
    if (directory) {
      attempt([&] { run.write(*directory); });
      directory->fail(error);
      attempt([&] { report::write_report(directory->path()); });
      session.messages << fmt::format("tripartite: what was finished is in {}\n", directory->path().string());
    }
    throw;
  }
  report::write_report(directory->path());
  if (run.output.json) {
    session.results << directory->results().dump(2) << '\n';
  } else {
    run.print(session.results);
    session.results << fmt::format("\nreport: {}\n", (directory->path() / "report.html").string());
  }
  return Status::done;
}

}  // namespace tripartite::cli
