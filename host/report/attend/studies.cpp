#include "host/report/attend/studies.hpp"

#include <fmt/format.h>

#include "host/report/attend/run_files.hpp"
#include "host/report/statistics.hpp"
#include "tripartite/error.hpp"

namespace tripartite::report::attend {

Curve read_curve(const io::Hdf5File& file, const std::string& group, const std::string& name, const std::string& x) {
  Curve curve{name, file.read<double>(group + "/" + x).values, {}, {}, {}};
  const auto error = read_ranked(file, group + "/error", 2);
  if (error.shape[0] != curve.x.size())
    throw FileError(fmt::format("{}: {}/error: expected {} rows, one per value of {}", file.current_path().string(),
                                group, curve.x.size(), x));
  for (const Quartiles& each : row_quartiles(error.values, error.shape[1])) {
    curve.low.push_back(each.low);
    curve.median.push_back(each.median);
    curve.high.push_back(each.high);
  }
  return curve;
}

}  // namespace tripartite::report::attend
