#pragma once

#include <functional>

#include "host/cli/command.hpp"
#include "host/cli/progress.hpp"
#include "host/simulation/run_listener.hpp"

namespace tripartite::cli {

/// Shows a run on the terminal: progress, messages, and Ctrl-C as the wish to stop.
class TerminalListener final : public simulation::RunListener {
 public:
  /// `prepared` is called when the run's input has been read and fits together.
  TerminalListener(Session& session, std::function<void()> prepared);

  void prepared() override { prepared_(); }
  void progress(std::string_view what, double fraction) override;
  void message(std::string_view text) override;
  bool cancelled() const override { return session_.interrupted; }

 private:
  Session& session_;
  std::function<void()> prepared_;
  Progress progress_;
};

}  // namespace tripartite::cli
