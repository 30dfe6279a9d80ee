#include "tripartite/memory/capacity.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "tripartite/random/philox.hpp"

namespace tripartite::memory {
namespace {

constexpr int resamplings = 1000;

/// Recalled and asked cues by load, of each draw of patterns.
struct Counts {
  int recalled = 0, cues = 0;
};
using ByLoad = std::map<std::int64_t, Counts>;
using BySeed = std::map<std::uint64_t, ByLoad>;

ByLoad pooled(const std::vector<const ByLoad*>& draws) {
  ByLoad sum;
  for (const ByLoad* draw : draws)
    for (const auto& [load, counts] : *draw) {
      sum[load].recalled += counts.recalled;
      sum[load].cues += counts.cues;
    }
  return sum;
}

/// ln K at which the recalled fraction falls through 1/2: between the last load above it and the first below.
std::optional<double> crossing(const ByLoad& loads) {
  std::optional<std::pair<double, double>> above;  // ln K, fraction
  for (const auto& [load, counts] : loads) {
    if (counts.cues == 0) continue;
    const double fraction = double(counts.recalled) / counts.cues, x = std::log(double(load));
    if (fraction >= 0.5)
      above = {x, fraction};
    else if (above)
      return above->first + (x - above->first) * (above->second - 0.5) / (above->second - fraction);
    else
      return std::nullopt;
  }
  return std::nullopt;
}

struct Line {
  double slope = 0, intercept = 0, slope_error = 0;
};

Line fitted(const std::vector<double>& x, const std::vector<double>& y) {
  const double count = double(x.size());
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) mean_x += x[i] / count, mean_y += y[i] / count;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  Line line{xy / xx, mean_y - xy / xx * mean_x, 0};
  double residual = 0;
  for (std::size_t i = 0; i < x.size(); ++i) residual += std::pow(y[i] - line.intercept - line.slope * x[i], 2);
  if (x.size() > 2) line.slope_error = std::sqrt(residual / (count - 2) / xx);
  return line;
}

double standard_deviation(const std::vector<double>& values) {
  double mean = 0, sum = 0;
  for (const double value : values) mean += value / double(values.size());
  for (const double value : values) sum += (value - mean) * (value - mean);
  return values.size() > 1 ? std::sqrt(sum / double(values.size() - 1)) : 0;
}

double quantile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[std::size_t(std::lround(part * double(values.size() - 1)))];
}

/// All draws of one size, and what the bootstrap made of them.
struct Size {
  int neurons = 0;
  double log_k = 0;
  std::size_t draws = 0;
  std::vector<std::optional<double>> resampled;
};

std::optional<Size> size_of(int neurons, const BySeed& draws, const random::Philox& philox) {
  std::vector<const ByLoad*> all;
  for (const auto& [seed, loads] : draws) all.push_back(&loads);
  const auto log_k = crossing(pooled(all));
  if (!log_k) return std::nullopt;
  Size size{neurons, *log_k, all.size(), {}};
  for (std::uint64_t sample = 0; sample < resamplings; ++sample) {
    std::vector<const ByLoad*> chosen;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const double draw = philox.uniform(sample * all.size() + i, std::uint64_t(neurons));
      chosen.push_back(all[std::min(all.size() - 1, std::size_t(draw * double(all.size())))]);
    }
    size.resampled.push_back(crossing(pooled(chosen)));
  }
  return size;
}

PowerLaw law_of(Contender contender, const std::vector<Size>& sizes) {
  PowerLaw law;
  law.contender = contender;
  law.sizes = int(sizes.size());
  if (sizes.size() < 2) return law;
  std::vector<double> x, y;
  for (const Size& size : sizes) x.push_back(std::log(double(size.neurons))), y.push_back(size.log_k);
  const Line line = fitted(x, y);
  law.exponent = line.slope;
  law.prefactor = std::exp(line.intercept);
  std::vector<double> slopes;
  for (std::size_t sample = 0; sample < resamplings; ++sample) {
    bool is_whole = true;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      is_whole = is_whole && sizes[i].resampled[sample].has_value();
      y[i] = sizes[i].resampled[sample].value_or(0);
    }
    if (is_whole) slopes.push_back(fitted(x, y).slope);
  }
  const bool has_draws = std::any_of(sizes.begin(), sizes.end(), [](const Size& size) { return size.draws > 1; });
  law.uncertainty = has_draws || sizes.size() > 2 ? std::max(standard_deviation(slopes), line.slope_error)
                                                  : std::numeric_limits<double>::quiet_NaN();
  return law;
}

}  // namespace

CapacityFit fit_capacity(const std::vector<CapacityCell>& cells, std::uint64_t seed) {
  std::map<Contender, std::map<int, BySeed>> sorted;
  for (const CapacityCell& cell : cells) {
    Counts& counts = sorted[cell.contender][cell.neurons][cell.seed][cell.patterns];
    counts.recalled += cell.recalled;
    counts.cues += cell.cues;
  }
  CapacityFit fit;
  const random::Philox philox{seed};
  for (const auto& [contender, by_neurons] : sorted) {
    std::vector<Size> sizes;
    for (const auto& [neurons, draws] : by_neurons) {
      CriticalLoad load;
      load.contender = contender;
      load.neurons = neurons;
      if (auto size = size_of(neurons, draws, philox)) {
        std::vector<double> values;
        for (const auto& value : size->resampled)
          if (value) values.push_back(*value);
        load.is_bracketed = true;
        load.k_max = std::exp(size->log_k);
        load.low = values.empty() ? load.k_max : std::exp(quantile(values, 0.16));
        load.high = values.empty() ? load.k_max : std::exp(quantile(values, 0.84));
        sizes.push_back(std::move(*size));
      }
      fit.loads.push_back(load);
    }
    fit.laws.push_back(law_of(contender, sizes));
  }
  return fit;
}

}  // namespace tripartite::memory
