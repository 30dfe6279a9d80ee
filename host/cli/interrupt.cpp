#include "host/cli/interrupt.hpp"

#include <unistd.h>

#include <csignal>
#include <string_view>

#include "host/cli/command.hpp"

namespace tripartite::cli {
namespace {

std::atomic<bool> is_interrupted{false}, has_something_to_keep{false}, wants_checkpoint{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not wait");

extern "C" void on_interrupt(int) {
  if (!has_something_to_keep) {
    say_at_once("\ntripartite: interrupted\n");
    ::_exit(Status::interrupted);
  }
  if (is_interrupted.exchange(true)) ::_exit(Status::interrupted);
  say_at_once("\ntripartite: stopping; once more to stop at once\n");
}

extern "C" void on_checkpoint_request(int) { wants_checkpoint = true; }

}  // namespace

void say_at_once(std::string_view message) {
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, message.data(), message.size());
}

bool take_checkpoint_request() { return wants_checkpoint.exchange(false); }

const std::atomic<bool>& catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = on_checkpoint_request;
  ::sigaction(SIGUSR1, &action, nullptr);
  return is_interrupted;
}

void keep_on_interrupt() { has_something_to_keep = true; }

}  // namespace tripartite::cli
