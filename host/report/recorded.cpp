#include "host/report/recorded.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "host/io/hdf5_file.hpp"
#include "host/report/figure.hpp"
#include "host/report/symbols.hpp"

namespace tripartite::report {
namespace {

Recorded read_field(const io::Hdf5File& report, const std::string& name) {
  const std::string group = "/report/" + name;
  const auto data = report.read<double>(group + "/data");
  const auto axis = report.read<double>(group + "/mapping/time").values;
  Recorded field{name, "1", {}, report.read<std::uint64_t>(group + "/mapping/node_ids").values, {}};
  if (data.shape.size() != 2 || axis.size() != 3 || data.shape[1] != field.ids.size()) return {};
  if (report.contains_attribute(group + "/data", "units"))
    field.unit = report.read_attribute<std::string>(group + "/data", "units");
  constexpr double milliseconds = 1e3;
  const std::size_t frames = data.shape[0], elements = data.shape[1];
  for (std::size_t k = 0; k < frames; ++k) field.time.push_back((axis[0] + double(k) * axis[2]) / milliseconds);
  field.curves.assign(elements, std::vector<double>(frames));
  for (std::size_t k = 0; k < frames; ++k)
    for (std::size_t c = 0; c < elements; ++c) field.curves[c][k] = data.values[k * elements + c];
  return field;
}

double covered(const std::vector<double>& curve) {
  Span span;
  span.include(curve);
  return span.is_empty() ? 0 : span.length();
}

/// Root of the mean squared distance.
double distance(const std::vector<double>& one, const std::vector<double>& other) {
  double sum = 0;
  for (std::size_t k = 0; k < one.size(); ++k) {
    const double away = one[k] - other[k];
    if (std::isfinite(away)) sum += away * away;
  }
  return std::sqrt(sum / double(std::max<std::size_t>(1, one.size())));
}

double value_at(std::span<const double> time, std::span<const double> curve, double t) {
  const auto above = std::lower_bound(time.begin(), time.end(), t);
  if (above == time.begin()) return curve.front();
  if (above == time.end()) return curve.back();
  const auto k = std::size_t(above - time.begin());
  return curve[k - 1] + (t - time[k - 1]) / (time[k] - time[k - 1]) * (curve[k] - curve[k - 1]);
}

std::vector<std::size_t> all_of(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

/// At most `most` of `candidates`, in their order: first the one that covers most, then in turn the one furthest from
/// those chosen, as long as there is one that differs from them.
std::vector<std::size_t> furthest(const Recorded& field, const std::vector<std::size_t>& candidates, std::size_t most) {
  std::vector<std::size_t> chosen;
  std::vector<double> nearest(candidates.size(), std::numeric_limits<double>::infinity());
  std::size_t next = 0;
  for (std::size_t i = 1; i < candidates.size(); ++i)
    if (covered(field.curves[candidates[i]]) > covered(field.curves[candidates[next]])) next = i;
  while (chosen.size() < most && nearest[next] > 0) {
    chosen.push_back(candidates[next]);
    for (std::size_t i = 0; i < candidates.size(); ++i)
      nearest[i] = std::min(nearest[i], distance(field.curves[candidates[i]], field.curves[chosen.back()]));
    next = std::size_t(std::max_element(nearest.begin(), nearest.end()) - nearest.begin());
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace

std::vector<Recorded> read_recorded(const std::filesystem::path& directory,
                                    const std::vector<std::string_view>& order) {
  const auto path = directory / "recordings.h5";
  if (!std::filesystem::exists(path)) return {};
  const auto report = io::Hdf5File::open(path);
  std::vector<Recorded> all;
  for (const std::string& name : report.names("/report"))
    if (Recorded field = read_field(report, name); !field.time.empty()) all.push_back(std::move(field));
  const auto place = [&](const Recorded& field) { return std::find(order.begin(), order.end(), field.field); };
  std::stable_sort(all.begin(), all.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
  return all;
}

TraceRow row_of(const Recorded& field, const std::vector<std::size_t>& columns, std::string_view noun) {
  TraceRow row{with_unit(field.field, field.unit), {}, {}};
  for (const std::size_t c : columns) {
    row.curves.push_back(field.curves.at(c));
    if (field.ids.size() > 1) row.names.push_back(fmt::format("{} {}", noun, field.ids.at(c)));
  }
  return row;
}

void mark_events(const io::Spikes& events, const Recorded& field, const std::vector<std::size_t>& columns,
                 std::string_view column, TraceRow& row) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    Marks marks{i, {}, {}, std::string(column)};
    for (std::size_t k = 0; k < events.times.size(); ++k) {
      if (events.nodes[k] != field.ids[columns[i]]) continue;
      marks.x.push_back(events.times[k]);
      marks.y.push_back(value_at(field.time, field.curves[columns[i]], events.times[k]));
    }
    if (!marks.x.empty()) row.marks.push_back(std::move(marks));
  }
}

const Recorded* find_field(const std::vector<Recorded>& all, std::string_view field) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Recorded& each) { return each.field == field; });
  return found == all.end() ? nullptr : &*found;
}

Chosen choose_active(const Recorded& field, std::size_t most, std::string_view noun) {
  const std::size_t count = field.curves.size();
  if (count <= most) return {all_of(count), {}};
  std::vector<double> covers;
  for (const auto& curve : field.curves) covers.push_back(covered(curve));
  const double least = *std::max_element(covers.begin(), covers.end()) / 2;
  std::vector<std::size_t> active;
  for (std::size_t i = 0; i < count; ++i)
    if (covers[i] >= least) active.push_back(i);
  Chosen chosen{furthest(field, active, most), {}};
  chosen.why = fmt::format(
      "Shown: {} of the {} {}s, of {} recorded, whose {} moves at least half as much as where it moves most; those "
      "that "
      "differ most.",
      chosen.columns.size(), active.size(), noun, count, symbol_of(field.field));
  return chosen;
}

Chosen choose_different(const Recorded& field, std::size_t most, std::string_view noun) {
  const std::size_t count = field.curves.size();
  if (count <= most) return {all_of(count), {}};
  Chosen chosen{furthest(field, all_of(count), most), {}};
  chosen.why = fmt::format("Shown: the {} of {} recorded {}s whose {} differs most.", chosen.columns.size(), count,
                           noun, symbol_of(field.field));
  return chosen;
}

}  // namespace tripartite::report
