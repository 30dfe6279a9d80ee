#pragma once

#include <chrono>
#include <functional>

#include "host/cli/command.hpp"
#include "host/cli/progress.hpp"
#include "host/simulation/run_listener.hpp"

namespace tripartite::cli {

/// Shows a run on the terminal: progress, messages, and Ctrl-C as the wish to stop.
class TerminalListener final : public simulation::RunListener {
 public:
  /// `prepared` is called when the run's input has been read and fits together. The run should stop in order when it
  /// has taken about `max_time` [s]; 0: it may take as long as it does.
  TerminalListener(Session& session, std::function<void()> prepared, double max_time = 0);

  void prepared() override { prepared_(); }
  void progress(std::string_view what, double fraction) override;
  void message(std::string_view text) override;
  bool cancelled() const override { return session_.interrupted || is_late(); }
  run::Checkpoints* checkpoints() override { return checkpoints_; }

  /// `checkpoints` outlives the run.
  void keep_in(run::Checkpoints& checkpoints) { checkpoints_ = &checkpoints; }
  /// Whether the time of the run is up.
  bool is_late() const { return std::chrono::steady_clock::now() > latest_; }

 private:
  Session& session_;
  std::function<void()> prepared_;
  Progress progress_;
  std::chrono::steady_clock::time_point latest_ = std::chrono::steady_clock::time_point::max();
  run::Checkpoints* checkpoints_ = nullptr;
};

}  // namespace tripartite::cli
