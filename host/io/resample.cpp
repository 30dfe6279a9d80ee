#include "host/io/resample.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

constexpr int colours = 3;

struct Filter {
  double support;
  double (*weight)(double);
};

double sinc(double x) {
  if (x == 0) return 1;
  const double angle = x * std::numbers::pi;
  return std::sin(angle) / angle;
}

double box_weight(double x) { return x > -0.5 && x <= 0.5 ? 1 : 0; }
double bilinear_weight(double x) { return std::max(0.0, 1 - std::abs(x)); }
double hamming_weight(double x) {
  if (std::abs(x) >= 1) return 0;
  return sinc(x) * (0.54 + 0.46 * std::cos(x * std::numbers::pi));
}
double bicubic_weight(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}
double lanczos_weight(double x) { return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0; }

Filter filter_of(Resampling filter) {
  switch (filter) {
    case Resampling::lanczos: return {3, lanczos_weight};
    case Resampling::bicubic: return {2, bicubic_weight};
    case Resampling::box: return {0.5, box_weight};
    case Resampling::hamming: return {1, hamming_weight};
    case Resampling::bilinear: return {1, bilinear_weight};
    case Resampling::nearest: break;  // needs no filter
  }
  throw ConfigError("resampling: this method has no filter");
}

/// Pillow's fixed point: 8 bits for the result, 2 for overshoot.
constexpr int precision_bits = 32 - 8 - 2;

/// Weights of the source pixels in one new pixel, along one direction.
struct Mean {
  int first = 0;
  std::vector<int> weights;
};

std::vector<Mean> means(int from, int to, const Filter& filter) {
  const double scale = double(from) / to, stretch = std::max(1.0, scale), support = filter.support * stretch;
  std::vector<Mean> all(static_cast<std::size_t>(to));
  std::vector<double> weights;
  for (int i = 0; i < to; ++i) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(0, int(std::floor(centre - support + 0.5))),
              end = std::min(from, int(std::floor(centre + support + 0.5)));
    weights.clear();
    double sum = 0;
    for (int x = first; x < end; ++x) {
      weights.push_back(filter.weight((x - centre + 0.5) / stretch));
      sum += weights.back();
    }
    Mean& mean = all[static_cast<std::size_t>(i)];
    mean.first = first;
    for (const double weight : weights) mean.weights.push_back(int(std::lround(weight / sum * (1 << precision_bits))));
  }
  return all;
}

/// Computes weighted means along one direction, for lines of `count` pixels that are `step` bytes apart.
std::uint8_t mean_of(const std::uint8_t* line, std::ptrdiff_t step, const Mean& mean) {
  int sum = 1 << (precision_bits - 1);
  const std::uint8_t* pixel = line + mean.first * step;
  for (const int weight : mean.weights) {
    sum += *pixel * weight;
    pixel += step;
  }
  return static_cast<std::uint8_t>(std::clamp(sum >> precision_bits, 0, 255));
}

RgbImage empty(int width, int height) {
  return {width, height, std::vector<std::uint8_t>(std::size_t(width) * std::size_t(height) * colours)};
}

RgbImage with_width(const RgbImage& image, int width, const Filter& filter) {
  if (width == image.width) return image;
  RgbImage result = empty(width, image.height);
  const auto all = means(image.width, width, filter);
  auto* out = result.values.data();
  for (int row = 0; row < image.height; ++row) {
    const auto* line = image.values.data() + std::ptrdiff_t(row) * image.width * colours;
    for (const Mean& mean : all)
      for (int colour = 0; colour < colours; ++colour) *out++ = mean_of(line + colour, colours, mean);
  }
  return result;
}

RgbImage with_height(const RgbImage& image, int height, const Filter& filter) {
  if (height == image.height) return image;
  RgbImage result = empty(image.width, height);
  const std::ptrdiff_t row = std::ptrdiff_t(image.width) * colours;
  auto* out = result.values.data();
  for (const Mean& mean : means(image.height, height, filter))
    for (std::ptrdiff_t i = 0; i < row; ++i) *out++ = mean_of(image.values.data() + i, row, mean);
  return result;
}

RgbImage nearest(const RgbImage& image, int width, int height) {
  RgbImage result = empty(width, height);
  auto* out = result.values.data();
  for (int row = 0; row < height; ++row)
    for (int column = 0; column < width; ++column) {
      const int y = std::min(image.height - 1, int((row + 0.5) * image.height / height));
      const int x = std::min(image.width - 1, int((column + 0.5) * image.width / width));
      out = std::copy_n(image.values.data() + (std::ptrdiff_t(y) * image.width + x) * colours, colours, out);
    }
  return result;
}

}  // namespace

RgbImage resampled(const RgbImage& image, int width, int height, Resampling filter) {
  if (filter == Resampling::nearest) return nearest(image, width, height);
  return with_height(with_width(image, width, filter_of(filter)), height, filter_of(filter));
}

}  // namespace tripartite::io
