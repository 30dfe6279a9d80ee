#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

namespace tripartite::cli {

/// How far a run has come: on a terminal a bar with the time left, redrawn in place; elsewhere a line after the first
/// second and then every ten.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;
  using Now = std::function<Clock::time_point()>;

  Progress(std::ostream& out, bool is_terminal, Now now = Clock::now);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Removes the bar.
  ~Progress();

  /// A line of its own, which the bar does not run into.
  void message(std::string_view text);

  /// `fraction` in [0, 1] of the whole run. A change of `what` starts the clock anew, for what it names begins at 0
  /// again.
  void update(std::string_view what, double fraction);

 private:
  void erase();
  void draw(double fraction, std::chrono::duration<double> elapsed);

  std::ostream& out_;
  bool is_terminal_;
  Now now_;
  std::string what_;
  Clock::time_point began_{};
  Clock::time_point due_{};  // when the next line or redrawing is
  std::size_t drawn_columns_ = 0;
};

/// "8 s", "2 min 05 s", "1 h 03 min".
std::string duration_text(std::chrono::duration<double> duration);

}  // namespace tripartite::cli
