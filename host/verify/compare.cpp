#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/verify/verify.hpp"
#include "tripartite/error.hpp"

namespace tripartite::verify {

VerifyRow compare(std::string case_name, std::string solver, std::string variable, const std::vector<double>& computed,
                  const std::vector<double>& expected, double tolerance, const std::vector<bool>& left_out) {
  if (computed.size() != expected.size())
    throw FileError(
        fmt::format("{}: {} has {} values, {} are computed", case_name, variable, expected.size(), computed.size()));
  double difference = 0;
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(expected[i]));
    if (std::isnan(difference) || (!left_out.empty() && left_out[i])) continue;
    const double here = std::abs(computed[i] - expected[i]);
    difference = std::isnan(here) ? here : std::max(here, difference);
  }
  const double error = difference == 0 ? 0 : difference / largest;
  return {std::move(case_name),
          std::move(solver),
          std::move(variable),
          error,
          tolerance,
          error <= tolerance,
          std::size_t(std::count(left_out.begin(), left_out.end(), true))};
}

MovedEvents::MovedEvents(const std::vector<double>& computed, const std::vector<double>& expected, double most) {
  if (computed.size() != expected.size()) return;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (!(std::abs(computed[i] - expected[i]) <= most)) {
      between_.clear();
      return;
    }
    between_.push_back(std::minmax(computed[i], expected[i]));
  }
}

bool MovedEvents::parts(double t, double lingers) const {
  const double now = t + 1e-9;  // times are multiples of a step but for rounding
  return std::any_of(between_.begin(), between_.end(), [&](const auto& event) {
    const double until = event.second - event.first > 1e-4 ? event.second + lingers : event.second;
    return now >= event.first && now < until;
  });
}

}  // namespace tripartite::verify
