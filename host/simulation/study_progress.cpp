#include "host/simulation/study_progress.hpp"

#include <algorithm>
#include <utility>

namespace tripartite::simulation {
namespace {

std::vector<WorkEstimate::Part> parts_of(const std::vector<PointCost>& points, const std::vector<std::size_t>& kinds) {
  std::vector<WorkEstimate::Part> parts;
  for (std::size_t i = 0; i < points.size(); ++i) parts.push_back({kinds[i], points[i].whole});
  return parts;
}

}  // namespace

StudyProgress::StudyProgress(RunListener& listener, std::vector<PointCost> points,
                             const std::vector<std::size_t>& kinds, WorkEstimate::Now now)
    : listener_(listener), points_(std::move(points)), estimate_(parts_of(points_, kinds), std::move(now)) {}

void StudyProgress::begin(std::size_t point) {
  present_ = point;
  sequences_ = 1;
  done_ = 0;
  estimate_.begin(point);
  tell();
}

void StudyProgress::end() { estimate_.end(); }

void StudyProgress::advanced(int layer, attention::Phase phase, int, double begin, double) {
  const PointCost& point = points_[present_];
  const LayerCost& cost = point.layers.at(std::size_t(layer));
  done_ += (cost.of(phase) + (begin == 0 ? cost.start : 0)) * sequences_ / point.measured_sequences;
  tell();
}

void StudyProgress::tell() {
  const double whole = points_[present_].whole;
  listener_.progress("study", estimate_.fraction(whole > 0 ? std::min(1.0, done_ / whole) : 0));
}

}  // namespace tripartite::simulation
