#include "host/cli/run_listener.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace tripartite::cli {

TerminalListener::TerminalListener(Session& session, std::function<void()> prepared, double max_time)
    : session_(session), prepared_(std::move(prepared)), progress_(session.messages, session.messages_to_terminal) {
  if (max_time <= 0) return;
  // What it takes to write a checkpoint, files and the report.
  const double reserve = std::min(10.0, 0.1 * max_time);
  latest_ = std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                                   std::chrono::duration<double>(std::min(max_time - reserve, 1e9)));
}

void TerminalListener::progress(std::string_view what, double fraction) { progress_.update(what, fraction); }

void TerminalListener::message(std::string_view text) { progress_.message("tripartite: " + std::string(text)); }

}  // namespace tripartite::cli
