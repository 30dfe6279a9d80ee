#include "host/report/activity.hpp"

#include <algorithm>
#include <cmath>

#include "host/report/axis.hpp"
#include "host/report/html.hpp"
#include "host/report/style.hpp"

namespace tripartite::report {
namespace {

constexpr double left = 90, right = 830, top = 16, row_height = 92, row_gap = 22;
constexpr std::size_t most_points = 1500;
constexpr std::size_t most_curves = 5;

/// Every k-th value, so that at most `most_points` remain.
std::vector<double> thinned(std::span<const double> values) {
  const std::size_t step = std::max<std::size_t>(1, (values.size() + most_points - 1) / most_points);
  std::vector<double> result;
  for (std::size_t i = 0; i < values.size(); i += step) result.push_back(values[i]);
  return result;
}

/// One row per population of a SONATA report, with a few curves each.
std::vector<TraceRow> report_rows(const io::Hdf5File& report, std::vector<double>& time, std::string_view node_word) {
  std::vector<TraceRow> rows;
  for (const std::string& name : report.names("/report")) {
    const std::string group = "/report/" + name;
    const auto data = report.read<double>(group + "/data");
    const auto axis = report.read<double>(group + "/mapping/time").values;
    const auto ids = report.read<std::uint64_t>(group + "/mapping/node_ids").values;
    if (data.shape.size() != 2 || axis.size() != 3 || data.shape[1] != ids.size()) continue;
    const auto units = report.contains_attribute(group + "/data", "units")
                           ? report.read_attribute<std::string>(group + "/data", "units")
                           : std::string("1");
    constexpr double milliseconds = 1e3;
    time.clear();
    for (std::size_t k = 0; k < data.shape[0]; ++k) time.push_back((axis[0] + double(k) * axis[2]) / milliseconds);
    TraceRow row{units == "1" ? name : fmt::format("{} [{}]", name, units), {}, {}};
    const std::size_t columns = std::min(most_curves, ids.size());
    for (std::size_t c = 0; c < columns; ++c) {
      std::vector<double> curve;
      for (std::size_t k = 0; k < data.shape[0]; ++k) curve.push_back(data.values[k * data.shape[1] + c]);
      row.names.push_back(fmt::format("{} {}", node_word, ids[c]));
      row.curves.push_back(std::move(curve));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

Picture trace_picture(std::span<const double> time, const std::vector<TraceRow>& rows, TraceAxis axis) {
  if (rows.empty() || time.size() < 2) return Absent{"Nothing was recorded over time in this run."};
  Figure figure(960, int(top + double(rows.size()) * (row_height + row_gap) + 50));
  Span span;
  span.include(time.front());
  span.include(time.back());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const TraceRow& row = rows[r];
    Span range;
    for (const auto& curve : row.curves) range.include(curve);
    if (range.is_empty()) range.include(0);
    range = with_margins(range, 0.08);
    const double above = top + double(r) * (row_height + row_gap);
    const Box box{left, above, right, above + row_height};
    figure.panel(box);
    const bool is_last = r + 1 == rows.size();
    if (axis.is_log)
      set_log_axis(figure, 'x', span, is_last);
    else
      set_linear_axis(figure, 'x', span, 8);
    set_linear_axis(figure, 'y', range, 3);
    figure.add("set ylabel {} offset 1,0", figure.text(row.label));
    if (is_last)
      figure.add("set xlabel {}", figure.text(axis.label));
    else
      figure.add("set format x ''");
    std::vector<std::vector<double>> columns{thinned(time)};
    for (const auto& curve : row.curves) columns.push_back(thinned(curve));
    const std::string block = figure.data(columns);
    std::string commands;
    std::vector<double> wanted;
    for (std::size_t i = 0; i < row.curves.size(); ++i) {
      commands +=
          fmt::format("{}{} using 1:{} with lines lw 1.6 lc rgb {}", i == 0 ? "" : ", ", block, i + 2, data_ink(i));
      const double last = row.curves[i].back();
      wanted.push_back(std::isfinite(last) ? linear_pixel(last, range, box.bottom, box.top) : box.bottom);
    }
    const auto places = spread(wanted, 15, box.top + 4, box.bottom - 2);
    for (std::size_t i = 0; i < row.names.size() && i < places.size(); ++i)
      figure.words_at(right + 8, places[i], row.names[i], "font 'sans-serif,12' tc rgb " + data_ink(i));
    figure.add("plot {}", commands);
  }
  return figure;
}

Picture raster_picture(const io::Spikes& events, double end, std::uint64_t nodes, std::string_view node_label) {
  if (events.times.empty()) return Absent{fmt::format("No event occurred in {:g} s.", end)};
  Figure figure(960, 430);
  const Span time{0, end};
  const Box dots{left, top, right + 100, 250}, rates{left, 290, right + 100, 380};
  const std::size_t step = std::max<std::size_t>(1, events.times.size() / 20'000);
  std::vector<double> x, y;
  for (std::size_t i = 0; i < events.times.size(); i += step) {
    x.push_back(events.times[i]);
    y.push_back(double(events.nodes[i]));
  }
  figure.panel(dots);
  set_linear_axis(figure, 'x', time, 8);
  set_linear_axis(figure, 'y', {-0.5, double(nodes) - 0.5}, int(std::min<std::uint64_t>(nodes, 5)));
  figure.add("set format x ''; set ylabel {} offset 1,0", figure.text(node_label));
  figure.add("plot {} with points pt 7 ps {} lc rgb {}", figure.data({x, y}), x.size() > 2000 ? 0.15 : 0.4,
             ink("blue"));

  constexpr std::size_t bins = 200;
  std::vector<double> middle(bins), rate(bins);
  const double width = end / double(bins);
  for (std::size_t b = 0; b < bins; ++b) middle[b] = (double(b) + 0.5) * width;
  for (const double t : events.times)
    rate[std::min(bins - 1, std::size_t(std::max(0.0, t / width)))] += 1 / (width * double(nodes));
  Span range;
  range.include(0);
  range.include(rate);
  figure.panel(rates);
  set_linear_axis(figure, 'x', time, 8);
  range = with_margins(range, 0.08);
  range.low = 0;
  set_linear_axis(figure, 'y', range, 3);
  figure.add("set xlabel {}; set ylabel {} offset 1,0", figure.text("time [s]"), figure.text("rate [1/s]"));
  figure.add("plot {} with boxes fs solid 0.8 noborder lc rgb {}", figure.data({middle, rate}), ink("vermilion"));
  return figure;
}

Picture events_picture(const std::filesystem::path& file, double end, std::uint64_t nodes,
                       std::string_view node_label) {
  if (!std::filesystem::exists(file)) return Absent{fmt::format("This run has no {}.", file.filename().string())};
  return raster_picture(io::read_sonata_spikes(file), end, nodes, node_label);
}

Picture recorded_picture(const std::filesystem::path& directory, std::string_view node_word) {
  const auto path = directory / "recordings.h5";
  if (!std::filesystem::exists(path)) return Absent{"This run has no recordings.h5: recording was turned off."};
  std::vector<double> time;
  const auto rows = report_rows(io::Hdf5File::open(path), time, node_word);
  return trace_picture(time, rows);
}

Picture map_picture(const std::vector<Map>& maps) {
  if (maps.empty()) return Absent{"This run has no maps."};
  const std::size_t rows = (maps.size() + 1) / 2;
  Figure figure(960, int(20 + 400 * rows));
  for (std::size_t m = 0; m < maps.size(); ++m) {
    const Map& map = maps[m];
    const std::size_t row = m / 2;
    const double x0 = m % 2 == 0 ? 80 : 560, y0 = 40 + 400 * double(row);
    const Box box{x0, y0, x0 + 300, y0 + 290};
    figure.panel(box);
    figure.words_at(x0, y0 - 16, map.label, "left font 'sans-serif,14'");
    figure.add("unset grid; set palette defined (0 {}, 1 {}, 2 {})", ink("surface"), ink("sky"), ink("vermilion"));
    figure.add("set colorbox user origin screen {:.4f}, screen {:.4f} size screen {:.4f}, screen {:.4f}",
               (box.right + 12) / 960, 1 - box.bottom / figure.height(), 12.0 / 960, box.height() / figure.height());
    const auto edges = [&](const std::vector<double>& values) {
      const double half = values.size() > 1 ? (values.back() - values.front()) / double(values.size() - 1) / 2 : 0.5;
      return Span{values.front() - half, values.back() + half};
    };
    const auto scaled = [](std::vector<double> values, bool is_log) {
      if (is_log)
        for (double& value : values) value = std::log10(value);
      return values;
    };
    const auto x = scaled(map.x, map.log_x), y = scaled(map.y, map.log_y);
    set_linear_axis(figure, 'x', edges(x), 4);
    set_linear_axis(figure, 'y', edges(y), 4);
    figure.add("set xlabel {}; set ylabel {} offset 1,0", figure.text((map.log_x ? "log10 " : "") + map.x_label),
               figure.text((map.log_y ? "log10 " : "") + map.y_label));
    const double dx = x.size() > 1 ? (x.back() - x.front()) / double(x.size() - 1) : 1;
    const double dy = y.size() > 1 ? (y.back() - y.front()) / double(y.size() - 1) : 1;
    figure.add("plot {} matrix using ({:.10g}+$1*{:.10g}):({:.10g}+$2*{:.10g}):3 with image",
               figure.matrix(map.values, map.x.size()), x.front(), dx, y.front(), dy);
  }
  return figure;
}

}  // namespace tripartite::report
