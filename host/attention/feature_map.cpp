#include "tripartite/attention/feature_map.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "host/attention/balance.hpp"
#include "tripartite/error.hpp"
#include "tripartite/random/philox.hpp"

namespace tripartite::attention {
namespace {

using Matrix = std::vector<double>;

/// Omega, scaled so that it acts on the unscaled projection: rows times `gain` d^(-1/4).
Matrix scaled(std::span<const double> omega, double factor) {
  Matrix result(omega.begin(), omega.end());
  for (double& value : result) value *= factor;
  return result;
}

/// [rows x inner] times [inner x columns].
Matrix product(std::span<const double> left, std::span<const double> right, int rows, int inner, int columns) {
  Matrix result(std::size_t(rows) * columns, 0.0);
  for (int r = 0; r < rows; ++r)
    for (int k = 0; k < inner; ++k)
      for (int c = 0; c < columns; ++c) result[r * columns + c] += left[r * inner + k] * right[k * columns + c];
  return result;
}

Matrix scaled_identity(int width, double factor) {
  Matrix result(std::size_t(width) * width, 0.0);
  for (int i = 0; i < width; ++i) result[i * width + i] = factor;
  return result;
}

/// Mean over all pairs of |q + k|^2, both scaled by d^(-1/4): E|q|^2 + E|k|^2 + 2 E q . E k.
double mean_squared_sum(std::span<const double> query, std::span<const double> key, int tokens, int width) {
  double squares = 0, cross = 0;
  for (int i = 0; i < width; ++i) {
    double query_sum = 0, key_sum = 0;
    for (int t = 0; t < tokens; ++t) {
      const double q = query[t * width + i], k = key[t * width + i];
      squares += q * q + k * k;
      query_sum += q;
      key_sum += k;
    }
    cross += query_sum * key_sum / tokens;
  }
  return (squares + 2 * cross) / tokens;
}

/// A of the variance-optimal positive features (Likhosherstov et al. 2022) for s = mean |q + k|^2.
double sharp_exponent(double s, int width) {
  if (!(s > 0)) return 0;
  const double d = width;
  const double rho = (std::sqrt((2 * s + d) * (2 * s + d) + 8 * d * s) - 2 * s - d) / (4 * s);
  return (1 - 1 / rho) / 8;
}

/// offset_j = A |omega_j|^2 + ln(D / sqrt(m)), D = (1 - 4A)^(d/4).
std::vector<double> sharp_offsets(std::span<const double> omega, int hidden, int width, double exponent) {
  std::vector<double> offset(hidden);
  for (int j = 0; j < hidden; ++j) {
    double squared = 0;
    for (int i = 0; i < width; ++i) squared += omega[j * width + i] * omega[j * width + i];
    offset[j] = exponent * squared + 0.25 * width * std::log1p(-4 * exponent) - 0.5 * std::log(double(hidden));
  }
  return offset;
}

/// exp(B omega . y + offset - |y|^2 / 2) with y = transform (x - centre), as a side acting on x. `transform` [width x
/// width].
FeatureSide positive_side(std::span<const double> omega, const Matrix& transform, std::span<const double> centre,
                          int hidden, int width, double exponent) {
  FeatureSide side;
  const double gain = std::sqrt(1 - 4 * exponent);
  side.projection = scaled(product(omega, transform, hidden, width, width), gain);
  side.offset = sharp_offsets(omega, hidden, width, exponent);
  side.norm = transform;
  if (!centre.empty()) {
    side.norm_offset = product(transform, centre, width, width, 1);
    for (double& value : side.norm_offset) value = -value;
    const Matrix shift = product(side.projection, centre, hidden, width, 1);
    for (int j = 0; j < hidden; ++j) side.offset[j] -= shift[j];
  }
  return side;
}

void require_calibration(const Calibration& calibration, const char* feature) {
  if (calibration.tokens < 2)
    throw ConfigError(std::string("features.map = ") + feature +
                      ": needs queries and keys of a calibration text of at least 2 tokens, got " +
                      std::to_string(calibration.tokens));
}

void make_balanced(FeatureMap& map, std::span<const double> omega, const Calibration& calibration) {
  const int width = map.width, hidden = map.hidden;
  const double scale = std::pow(double(width), -0.25);
  const Balance balance =
      balance_queries_and_keys(calibration.query, calibration.key, calibration.tokens, width, scale);

  // s of the balanced vectors decides the exponent.
  Matrix query(std::size_t(calibration.tokens) * width), key(query.size());
  for (int t = 0; t < calibration.tokens; ++t) {
    std::vector<double> q(width), k(width);
    for (int i = 0; i < width; ++i) {
      q[i] = calibration.query[t * width + i] * scale - balance.query_mean[i];
      k[i] = calibration.key[t * width + i] * scale - balance.key_mean[i];
    }
    const Matrix balanced_query = product(balance.transform, q, width, width, 1);
    const Matrix balanced_key = product(balance.inverse, k, width, width, 1);
    std::copy(balanced_query.begin(), balanced_query.end(), query.begin() + t * width);
    std::copy(balanced_key.begin(), balanced_key.end(), key.begin() + t * width);
  }
  const double exponent = sharp_exponent(mean_squared_sum(query, key, calibration.tokens, width), width);

  const auto unscaled = [&](std::vector<double> mean) {  // centre of the unscaled vectors
    for (double& value : mean) value /= scale;
    return mean;
  };
  map.query =
      positive_side(omega, scaled(balance.transform, scale), unscaled(balance.query_mean), hidden, width, exponent);
  map.key = positive_side(omega, scaled(balance.inverse, scale), unscaled(balance.key_mean), hidden, width, exponent);
  map.key.linear.resize(width);
  for (int i = 0; i < width; ++i) {
    map.key.linear[i] = balance.query_mean[i] * scale;
    map.key.constant -= balance.query_mean[i] * balance.key_mean[i];
  }
  // A common factor of all keys' features cancels in the quotient; this one keeps float32 away from overflow.
  double largest = -1e300;
  for (int t = 0; t < calibration.tokens; ++t) {
    double weight = map.key.constant;
    for (int i = 0; i < width; ++i) weight += map.key.linear[i] * calibration.key[t * width + i];
    largest = std::max(largest, weight);
  }
  map.key.constant -= largest;
}

}  // namespace

std::vector<double> orthogonal_gaussian(int hidden, int width, std::uint64_t seed, std::uint64_t stream) {
  const random::Philox philox{seed};
  Matrix rows(std::size_t(hidden) * width);
  const std::uint64_t direction_stream = 2 * stream, length_stream = 2 * stream + 1;
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = philox.normal(i, direction_stream);
  for (int j = 0; j < hidden; ++j) {
    double* row = &rows[std::size_t(j) * width];
    // Gram-Schmidt, twice for orthogonality to rounding, against the earlier rows of the same block.
    for (int pass = 0; pass < 2; ++pass)
      for (int other = j - j % width; other < j; ++other) {
        const double* earlier = &rows[std::size_t(other) * width];
        double dot = 0;
        for (int i = 0; i < width; ++i) dot += row[i] * earlier[i];
        for (int i = 0; i < width; ++i) row[i] -= dot * earlier[i];
      }
    double squared = 0;
    for (int i = 0; i < width; ++i) squared += row[i] * row[i];
    for (int i = 0; i < width; ++i) row[i] /= std::sqrt(squared);
  }
  // Norms of independent Gaussian rows restore the marginal distribution, without which the features would be biased.
  for (int j = 0; j < hidden; ++j) {
    double squared = 0;
    for (int i = 0; i < width; ++i) {
      const double draw = philox.normal(std::uint64_t(j) * width + i, length_stream);
      squared += draw * draw;
    }
    for (int i = 0; i < width; ++i) rows[std::size_t(j) * width + i] *= std::sqrt(squared);
  }
  return rows;
}

FeatureMap make_feature_map(Feature feature, int width, int hidden, std::span<const double> omega,
                            const Calibration& calibration) {
  FeatureMap map;
  map.width = width;
  map.hidden = hidden;
  const double scale = std::pow(double(width), -0.25);
  switch (feature) {
    case Feature::slots: map.activation = Activation::slots; break;
    case Feature::elu1:
      if (hidden != width)
        throw ConfigError("features.m = " + std::to_string(hidden) +
                          ": must equal the width d = " + std::to_string(width) + " of a head for features.map = elu1");
      map.activation = Activation::elu1;
      map.key.projection = map.query.projection = scaled_identity(width, scale);
      break;
    case Feature::relu:
      map.activation = Activation::relu;
      map.key.projection = map.query.projection = scaled(omega, scale / std::sqrt(double(hidden)));
      break;
    case Feature::favor:
    case Feature::favor_sharp: {
      double exponent = 0;
      if (feature == Feature::favor_sharp) {
        require_calibration(calibration, "favor_sharp");
        exponent = sharp_exponent(
            scale * scale * mean_squared_sum(calibration.query, calibration.key, calibration.tokens, width), width);
      }
      map.activation = Activation::exponential;
      map.key = map.query = positive_side(omega, scaled_identity(width, scale), {}, hidden, width, exponent);
      break;
    }
    case Feature::favor_balanced:
      require_calibration(calibration, "favor_balanced");
      map.activation = Activation::exponential;
      make_balanced(map, omega, calibration);
      break;
  }
  return map;
}

FeatureMap make_feature_map(Feature feature, int width, int hidden, std::uint64_t seed, std::uint64_t stream,
                            const Calibration& calibration) {
  const bool random = feature != Feature::slots && feature != Feature::elu1;
  const Matrix omega = random ? orthogonal_gaussian(hidden, width, seed, stream) : Matrix{};
  return make_feature_map(feature, width, hidden, omega, calibration);
}

std::vector<double> evaluate(const FeatureMap& map, const FeatureSide& side, std::span<const double> rows, int count) {
  const int width = map.width, hidden = map.hidden;
  // Columns are vectors, so that the innermost loops run over many of them.
  Matrix columns(std::size_t(width) * count);
  for (int t = 0; t < count; ++t)
    for (int i = 0; i < width; ++i) columns[std::size_t(i) * count + t] = rows[std::size_t(t) * width + i];

  std::vector<double> scalar(count, side.constant);
  for (std::size_t i = 0; i < side.linear.size(); ++i)
    for (int t = 0; t < count; ++t) scalar[t] += side.linear[i] * columns[i * count + t];
  if (!side.norm.empty()) {
    const Matrix y = product(side.norm, columns, width, width, count);
    for (int i = 0; i < width; ++i)
      for (int t = 0; t < count; ++t) {
        const double shifted = y[std::size_t(i) * count + t] + (side.norm_offset.empty() ? 0.0 : side.norm_offset[i]);
        scalar[t] -= 0.5 * shifted * shifted;
      }
  }
  const Matrix logits = product(side.projection, columns, hidden, width, count);
  std::vector<double> rates(std::size_t(count) * hidden);
  for (int j = 0; j < hidden; ++j)
    for (int t = 0; t < count; ++t) {
      const double z = logits[std::size_t(j) * count + t] + (side.offset.empty() ? 0.0 : side.offset[j]);
      double& rate = rates[std::size_t(t) * hidden + j];
      switch (map.activation) {
        case Activation::exponential: rate = std::exp(z + scalar[t]); break;
        case Activation::relu: rate = std::max(0.0, z); break;
        case Activation::elu1: rate = z > 0 ? z + 1 : std::exp(z); break;
        case Activation::slots: throw ConfigError("slots have no feature vector of their own");
      }
    }
  return rates;
}

}  // namespace tripartite::attention
