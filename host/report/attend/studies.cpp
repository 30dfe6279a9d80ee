#include "host/report/attend/studies.hpp"

#include <fmt/format.h>

#include "host/report/statistics.hpp"
#include "tripartite/error.hpp"

namespace tripartite::report::attend {

Curve read_curve(const Hdf5Reader& file, const std::string& group, const std::string& name, const std::string& x) {
  Curve curve{name, file.numbers(group + "/" + x), {}, {}, {}};
  const auto shape = file.shape(group + "/error");
  if (shape.size() != 2 || shape[0] != curve.x.size() || shape[1] == 0)
    throw FileError(fmt::format("{}: {}/error: expected a row of heads for each of the {} values of {}", file.path(),
                                group, curve.x.size(), x));
  for (const Quartiles& each : row_quartiles(file.numbers(group + "/error"), shape[1])) {
    curve.low.push_back(each.low);
    curve.median.push_back(each.median);
    curve.high.push_back(each.high);
  }
  return curve;
}

}  // namespace tripartite::report::attend
