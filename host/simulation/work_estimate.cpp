#include "host/simulation/work_estimate.hpp"

#include <algorithm>
#include <utility>

namespace tripartite::simulation {
namespace {

/// A part says how its kind compares with its estimate only after so much of it; before, a single slow call counts too
/// much.
constexpr double enough = 0.05;

}  // namespace

WorkEstimate::WorkEstimate(std::vector<Part> parts, Now now)
    : parts_(std::move(parts)), now_(std::move(now)), is_done_(parts_.size(), false) {
  std::size_t kinds = 0;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    kinds = std::max(kinds, parts_[i].kind + 1);
    is_done_[i] = !(parts_[i].cost > 0);
  }
  of_kind_.resize(kinds);
}

double WorkEstimate::seconds_since(Clock::time_point begin) const {
  return std::chrono::duration<double>(now_() - begin).count();
}

void WorkEstimate::begin(std::size_t part) {
  present_ = part;
  part_began_ = now_();
  if (!has_begun_) run_began_ = part_began_;
  has_begun_ = true;
}

void WorkEstimate::end() {
  Done& done = of_kind_[parts_[present_].kind];
  done.cost += parts_[present_].cost;
  done.seconds += seconds_since(part_began_);
  is_done_[present_] = true;
}

void WorkEstimate::skip() { is_done_[present_] = true; }

double WorkEstimate::fraction(double within) const {
  if (!has_begun_) return 0;
  std::vector<Done> done = of_kind_;
  if (!is_done_[present_]) {
    Done& present = done[parts_[present_].kind];
    if (present.cost > 0 || within >= enough) {
      present.cost += within * parts_[present_].cost;
      present.seconds += seconds_since(part_began_);
    }
  }
  Done all;
  for (const Done& kind : done) all.cost += kind.cost, all.seconds += kind.seconds;
  double left = 0;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (is_done_[i]) continue;
    const Done& kind = done[parts_[i].kind];
    left += parts_[i].cost * (i == present_ ? 1 - within : 1) * rate(kind.cost > 0 ? kind : all);
  }
  const double spent = seconds_since(run_began_);
  return spent + left > 0 ? spent / (spent + left) : 1;
}

}  // namespace tripartite::simulation
