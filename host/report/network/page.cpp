#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/report/activity.hpp"
#include "host/report/axis.hpp"
#include "host/report/counted.hpp"
#include "host/report/html.hpp"
#include "host/report/pages.hpp"
#include "host/report/statistics.hpp"
#include "host/report/style.hpp"
#include "host/report/summary.hpp"

namespace tripartite::report {
namespace {

std::optional<io::Hdf5File> open(const Run& run, const char* name) {
  const auto path = run.directory / name;
  if (!std::filesystem::exists(path)) return std::nullopt;
  return io::Hdf5File::open(path);
}

Picture mean_traces(const Run& run) {
  const auto file = open(run, "means.h5");
  if (!file) return Absent{"This run has no means.h5."};
  const auto time = file->read<double>("/time").values;
  std::vector<TraceRow> rows;
  const auto add = [&](const char* name, const char* label) {
    rows.push_back({label, {"mean"}, {file->read<double>(fmt::format("/mean/{}", name)).values}});
  };
  if (number_at(run.summary, "/results/neurons") > 0) add("nu", "rate [1/s]");
  if (number_at(run.summary, "/results/tripartite_synapses") > 0) {
    add("C", "C [uM]");
    add("Gamma_S", "Gamma_S");
  }
  if (const auto data = file->read<double>("/mean/C_s").values; !data.empty() && data.back() > 0)
    add("C_s", "C_s [uM]");
  return trace_picture(time, rows);
}

/// Calcium of all somata over time.
Picture calcium_raster(const Run& run) {
  const auto file = open(run, "recordings.h5");
  if (!file || !file->contains("/report/C_s")) return Absent{"The astrocytes of this run have no somata."};
  const auto data = file->read<double>("/report/C_s/data");
  const auto axis = file->read<double>("/report/C_s/mapping/time").values;
  if (data.shape.size() != 2 || data.shape[0] < 2 || axis.size() != 3) return Absent{"Too few frames were recorded."};
  const std::size_t frames = data.shape[0], cells = data.shape[1];
  constexpr std::size_t most = 400;
  const std::size_t every = std::max<std::size_t>(1, frames / most), each = std::max<std::size_t>(1, cells / most);
  std::vector<double> values;
  std::size_t columns = 0, rows = 0;
  for (std::size_t a = 0; a < cells; a += each, ++rows) {
    columns = 0;
    for (std::size_t k = 0; k < frames; k += every, ++columns) values.push_back(data.values[k * cells + a]);
  }
  constexpr double milliseconds = 1e3;
  const double interval = axis[2] / milliseconds * double(every);
  Figure figure(960, 450);
  const Box box{90, 20, 830, 370};
  figure.panel(box);
  figure.add("unset grid; set palette defined (0 {}, 1 {}, 2 {})", ink("surface"), ink("sky"), ink("vermilion"));
  figure.add("set colorbox user origin screen {:.4f}, screen {:.4f} size screen {:.4f}, screen {:.4f}",
             (box.right + 16) / 960, 1 - box.bottom / figure.height(), 14.0 / 960, box.height() / figure.height());
  set_linear_axis(figure, 'x', {0, double(columns) * interval}, 8);
  set_linear_axis(figure, 'y', {-0.5 * double(each), (double(rows) - 0.5) * double(each)}, 5);
  figure.add("set xlabel {}; set ylabel {} offset 1,0", figure.text("time [s]"), figure.text("astrocyte"));
  figure.add("set cblabel {}", figure.text("C of the soma [uM]"));
  figure.add("plot {} matrix using ({:.10g}*(0.5+$1)):({:.10g}*$2):3 with image", figure.matrix(values, columns),
             interval, double(each));
  return figure;
}

/// The sheet at four times.
Picture sheet(const Run& run) {
  if (words_of(part_at(run.summary, "/config/astrocytes").value("junctions", nlohmann::json())) != "lattice")
    return Absent{"The astrocytes of this run are not on a sheet."};
  const auto file = open(run, "recordings.h5");
  if (!file || !file->contains("/report/C_s")) return Absent{"The astrocytes of this run have no somata."};
  const auto data = file->read<double>("/report/C_s/data");
  const auto axis = file->read<double>("/report/C_s/mapping/time").values;
  const std::size_t cells = data.shape.at(1), frames = data.shape.at(0);
  const auto width = std::size_t(std::ceil(std::sqrt(double(cells))));
  constexpr std::size_t shown = 4;
  constexpr double milliseconds = 1e3;
  std::vector<Map> maps;
  for (std::size_t m = 1; m <= shown; ++m) {
    const std::size_t frame = (frames - 1) * m / shown;
    Map map{fmt::format("C of the somata [uM] at {:.3g} s", double(frame) * axis.at(2) / milliseconds),
            {},
            {},
            {},
            "column",
            "row"};
    for (std::size_t i = 0; i < width; ++i) map.x.push_back(double(i));
    for (std::size_t i = 0; i < (cells + width - 1) / width; ++i) map.y.push_back(double(i));
    for (std::size_t i = 0; i < map.x.size() * map.y.size(); ++i)
      map.values.push_back(i < cells ? data.values[frame * cells + i] : std::nan(""));
    maps.push_back(std::move(map));
  }
  return map_picture(maps);
}

Picture releases(const Run& run) {
  if (!std::filesystem::exists(run.directory / "releases.h5")) return Absent{"This run has no releases.h5."};
  const double synapses = number_at(run.summary, "/results/tripartite_synapses");
  if (!(synapses > 0)) return Absent{"This network has no tripartite synapses."};
  return raster_picture(io::read_sonata_spikes(run.directory / "releases.h5"),
                        number_at(run.summary, "/results/simulated_s"), std::uint64_t(synapses), "tripartite synapse");
}

}  // namespace

void write_network(const Run& run, Page& page) {
  const auto number_of = [&](const char* pointer) { return number_at(run.summary, pointer); };
  page.headline(fmt::format(
      "{} and {} in {:g} s: mean rate {} to {} /s, {} of gliotransmitter",
      counted(number_of("/results/neurons"), "neuron"), counted(number_of("/results/astrocytes"), "astrocyte"),
      number_of("/results/simulated_s"), number(number_of("/results/lowest_mean_rate_per_s")),
      number(number_of("/results/highest_mean_rate_per_s")), counted(number_of("/results/releases"), "release")));
  Table table{{"quantity", "value"}, {}, false};
  for (const auto& [key, value] : part_at(run.summary, "/results").items())
    if (value.is_number()) table.rows.push_back({escape(key), number(value.get<double>())});
  page.section("Result", to_html(table));
  page.section("Pictures", "");
  page.picture(
      "The whole network",
      "Means over neurons (rate), astrocyte processes (C: calcium, Gamma_S: bound presynaptic receptors) and somata "
      "(C_s: calcium).",
      mean_traces(run));
  page.picture("Calcium in the somata", "One row per astrocyte.", calcium_raster(run));
  page.picture("The sheet", "Calcium of every astrocyte at four times.", sheet(run));
  page.picture("Releases of gliotransmitter", "Each dot is one release; below, releases per synapse and second.",
               releases(run));
  page.picture("Single cells and synapses",
               "nu: rate of neurons; u, x, Gamma_S, I, C: states of tripartite synapses; C_s: calcium of somata.",
               recorded_picture(run.directory, "no."));
}

}  // namespace tripartite::report
