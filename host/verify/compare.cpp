#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "tripartite/error.hpp"
#include "tripartite/verify/verify.hpp"

namespace tripartite::verify {

VerifyRow compare(std::string case_name, std::string solver, std::string variable, const std::vector<double>& computed,
                  const std::vector<double>& expected, double tolerance) {
  if (computed.size() != expected.size())
    throw FileError(
        fmt::format("{}: {} has {} values, {} are computed", case_name, variable, expected.size(), computed.size()));
  double difference = 0;
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double here = std::abs(computed[i] - expected[i]);
    difference = std::isnan(here) ? std::numeric_limits<double>::quiet_NaN() : std::max(here, difference);
    if (std::isnan(difference)) break;
    largest = std::max(largest, std::abs(expected[i]));
  }
  const double error = difference == 0 ? 0 : difference / largest;
  return {std::move(case_name), std::move(solver), std::move(variable), error, tolerance, error <= tolerance};
}

}  // namespace tripartite::verify
