#pragma once

#include <string_view>

namespace tripartite::run {
class Checkpoints;
}

namespace tripartite::simulation {

/// What a long run tells while it goes on, and how it is stopped.
class RunListener {
 public:
  virtual ~RunListener() = default;
  /// Configuration and files have been read and fit together; the work begins.
  virtual void prepared() {}
  /// `fraction` in [0, 1] of what `what` names.
  virtual void progress(std::string_view what, double fraction) = 0;
  /// Something the user should know: text cut short, a default chosen.
  virtual void message(std::string_view text) = 0;
  /// True once the run should stop; it then ends with Cancelled and leaves what it has.
  virtual bool cancelled() const = 0;
  /// Where what is needed to take the run up again is kept; null: nowhere.
  virtual run::Checkpoints* checkpoints() { return nullptr; }
};

}  // namespace tripartite::simulation
