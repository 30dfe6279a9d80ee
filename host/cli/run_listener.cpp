#include "host/cli/run_listener.hpp"

#include <string>
#include <utility>

namespace tripartite::cli {

TerminalListener::TerminalListener(Session& session, std::function<void()> prepared)
    : session_(session), prepared_(std::move(prepared)), progress_(session.messages, session.messages_to_terminal) {}

void TerminalListener::progress(std::string_view what, double fraction) { progress_.update(what, fraction); }

void TerminalListener::message(std::string_view text) { progress_.message("tripartite: " + std::string(text)); }

}  // namespace tripartite::cli
