#include "host/cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

namespace tripartite::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto redraw_every = 100ms;
constexpr auto first_line_after = 1s, line_every = 10s;
constexpr int bar_columns = 30;

}  // namespace

std::string duration_text(std::chrono::duration<double> duration) {
  const auto seconds = static_cast<long long>(std::ceil(std::clamp(duration.count(), 0.0, 1e9)));
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {:02} min", seconds / 3600, seconds % 3600 / 60);
}

Progress::Progress(std::ostream& out, bool is_terminal, Now now)
    : out_(out), is_terminal_(is_terminal), now_(std::move(now)) {}

Progress::~Progress() { erase(); }

void Progress::erase() {
  if (drawn_columns_ > 0) out_ << '\r' << std::string(drawn_columns_, ' ') << '\r' << std::flush;
  drawn_columns_ = 0;
}

void Progress::message(std::string_view text) {
  erase();
  out_ << text << '\n' << std::flush;
}

void Progress::update(std::string_view what, double fraction) {
  const auto now = now_();
  const bool is_first = what_.empty(), is_new = what != what_;
  if (is_new) {
    what_ = what;
    began_ = now;
  }
  // A log gets its first line only when there is something to wait for; a bar appears at once.
  if (is_first || (is_new && is_terminal_)) due_ = is_terminal_ ? now : now + first_line_after;
  if (now < due_) return;
  due_ = now + (is_terminal_ ? Clock::duration(redraw_every) : Clock::duration(line_every));
  draw(std::clamp(fraction, 0.0, 1.0), now - began_);
}

void Progress::draw(double fraction, std::chrono::duration<double> elapsed) {
  // Too early a guess of the time left is wild.
  const bool can_tell = fraction > 0.01 && elapsed > 500ms;
  const std::string left = can_tell ? ", " + duration_text(elapsed * (1 / fraction - 1)) + " left" : "";
  const int percent = static_cast<int>(100 * fraction);
  if (!is_terminal_) {
    out_ << fmt::format("{}: {} %{}\n", what_, percent, left) << std::flush;
    return;
  }
  const int filled = static_cast<int>(bar_columns * fraction);
  const std::string line =
      fmt::format("{} [{:=<{}}{:{}}] {:3} %{}", what_, "", filled, "", bar_columns - filled, percent, left);
  const std::size_t columns = line.size();
  out_ << '\r' << line << std::string(columns < drawn_columns_ ? drawn_columns_ - columns : 0, ' ') << std::flush;
  drawn_columns_ = std::max(columns, drawn_columns_);
}

}  // namespace tripartite::cli
