#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

namespace tripartite::simulation {

/// How far a run of many parts is, in time: parts whose cost was estimated before the run, and of which some are of one
/// kind and cost the same. Finished work corrects the estimates of what is left.
class WorkEstimate {
 public:
  using Clock = std::chrono::steady_clock;
  using Now = std::function<Clock::time_point()>;

  struct Part {
    std::size_t kind = 0;
    double cost = 0;  // estimated [s]; 0 if the part need not be done
  };

  explicit WorkEstimate(std::vector<Part> parts, Now now = Clock::now);

  /// The clock of the run starts with its first part.
  void begin(std::size_t part);
  void end();
  /// In place of end(): the present part was done before the run, which says nothing about what is left.
  void skip();

  /// Fraction of the whole time that has passed, `within` of the cost of the present part being done.
  double fraction(double within) const;

 private:
  struct Done {
    double cost = 0, seconds = 0;
  };
  double seconds_since(Clock::time_point begin) const;
  /// Seconds that a unit of estimated cost takes.
  static double rate(const Done& done) { return done.cost > 0 ? done.seconds / done.cost : 1; }

  std::vector<Part> parts_;
  Now now_;
  std::size_t present_ = 0;
  bool has_begun_ = false;
  Clock::time_point run_began_{}, part_began_{};
  std::vector<bool> is_done_;
  std::vector<Done> of_kind_;  // finished parts
};

}  // namespace tripartite::simulation
