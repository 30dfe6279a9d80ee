#include "tripartite/attention/feature_map.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "attention/definitions.hpp"
#include "host/attention/balance.hpp"
#include "io/error_text.hpp"
#include "support/close.hpp"
#include "support/numbers.hpp"
#include "tripartite/error.hpp"

namespace tripartite::attention {
namespace {

constexpr int width = 6, hidden = 10, calibration_tokens = 40;

/// A calibration text whose queries and keys have nonzero means, correlations and unequal lengths.
struct Text {
  std::vector<double> query, key;
  Calibration calibration() const { return {query, key, calibration_tokens}; }
};

Text draw_text() {
  Text text{normal_numbers(calibration_tokens * width, 11), normal_numbers(calibration_tokens * width, 12)};
  for (int t = 0; t < calibration_tokens; ++t)
    for (int i = 0; i < width; ++i) {
      double& q = text.query[std::size_t(t * width + i)];
      double& k = text.key[std::size_t(t * width + i)];
      q = 0.4 * (q + 0.5 * text.query[std::size_t(t * width)]) + 0.2 * i;
      k = 0.9 / (1 + i) * k - 0.15 * i + 0.3;
    }
  return text;
}

/// Mean over all pairs of |q + k|^2, both scaled, computed as the double sum.
double squared_sum(const Text& text) {
  double sum = 0;
  for (int t = 0; t < calibration_tokens; ++t)
    for (int s = 0; s < calibration_tokens; ++s) {
      std::vector<double> both = row(text.query, t, width);
      const std::vector<double> k = row(text.key, s, width);
      for (int i = 0; i < width; ++i) both[std::size_t(i)] += k[std::size_t(i)];
      sum += dot(scaled(both), scaled(both)) / (calibration_tokens * calibration_tokens);
    }
  return sum;
}

void expect_features(const FeatureMap& map, const Features& definition) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const std::vector<double> x = normal_numbers(width, seed, 1.3);
    // Sums of `width` rounded products in an exponent.
    EXPECT_TRUE(all_close(evaluate(map, map.query, x), definition(x), {.relative = 1e-13, .absolute = 1e-300}));
    EXPECT_TRUE(all_close(evaluate(map, map.key, x), definition(x), {.relative = 1e-13, .absolute = 1e-300}));
  }
}

TEST(FeatureMap, Elu1MatchesItsDefinition) {
  expect_features(make_feature_map(Feature::elu1, width, width, 1, 0), elu1_features());
}

TEST(FeatureMap, ReluMatchesItsDefinition) {
  const auto omega = normal_numbers(hidden * width, 3);
  expect_features(make_feature_map(Feature::relu, width, hidden, omega), relu_features(omega));
}

TEST(FeatureMap, FavorMatchesItsDefinition) {
  const auto omega = normal_numbers(hidden * width, 3);
  expect_features(make_feature_map(Feature::favor, width, hidden, omega), favor_features(omega));
}

TEST(FeatureMap, FavorSharpMatchesItsDefinition) {
  const auto omega = normal_numbers(hidden * width, 3);
  const Text text = draw_text();
  expect_features(make_feature_map(Feature::favor_sharp, width, hidden, omega, text.calibration()),
                  favor_sharp_features(omega, squared_sum(text)));
}

TEST(FeatureMap, MatrixDependsOnSeedAndStream) {
  const auto x = normal_numbers(width, 1);
  const auto rates = [&x](std::uint64_t seed, std::uint64_t stream) {
    const FeatureMap map = make_feature_map(Feature::favor, width, hidden, seed, stream);
    return evaluate(map, map.key, x);
  };
  EXPECT_EQ(rates(1, 0), rates(1, 0));
  EXPECT_NE(rates(1, 0), rates(2, 0));
  EXPECT_NE(rates(1, 0), rates(1, 1));
}

TEST(FeatureMap, RandomRowsAreOrthogonalWithinBlocksOfTheWidth) {
  const auto omega = orthogonal_gaussian(2 * width + 3, width, 5, 0);
  for (int j = 0; j < 2 * width + 3; ++j)
    for (int k = 0; k < j; ++k) {
      if (j / width != k / width) continue;
      const auto left = row(omega, j, width), right = row(omega, k, width);
      EXPECT_NEAR(dot(left, right) / std::sqrt(dot(left, left) * dot(right, right)), 0, 1e-14);
    }
}

TEST(FeatureMap, RandomRowsHaveTheLengthsOfGaussianVectors) {
  const int rows = 20000;
  const auto omega = orthogonal_gaussian(rows, width, 5, 0);
  double mean = 0, squares = 0;
  for (int j = 0; j < rows; ++j) {
    const auto w = row(omega, j, width);
    mean += dot(w, w) / rows;
    squares += dot(w, w) * dot(w, w) / rows;
  }
  // |w|^2 is chi-squared: mean d, variance 2 d. Four standard errors each.
  EXPECT_NEAR(mean, width, 4 * std::sqrt(2.0 * width / rows));
  EXPECT_NEAR(squares - mean * mean, 2 * width, 4 * 2 * width * std::sqrt((2 + 12.0 / width) / rows));
}

/// Monte Carlo over feature matrices: mean of phi(q).phi(k) and its standard error.
struct Estimate {
  double mean = 0, standard_error = 0;
};

Estimate estimate_kernel(Feature feature, const Text& text, const std::vector<double>& q, const std::vector<double>& k,
                         int draws = 20000) {
  double sum = 0, squares = 0;
  for (int draw = 0; draw < draws; ++draw) {
    const FeatureMap map = make_feature_map(feature, width, hidden, 77, std::uint64_t(draw), text.calibration());
    const double product = dot(evaluate(map, map.query, q), evaluate(map, map.key, k));
    sum += product;
    squares += product * product;
  }
  const double mean = sum / draws;
  return {mean, std::sqrt((squares / draws - mean * mean) / draws)};
}

TEST(FeatureMap, FavorIsUnbiasedForTheSoftmaxKernel) {
  const auto q = normal_numbers(width, 1, 0.8), k = normal_numbers(width, 2, 0.8);
  const Estimate estimate = estimate_kernel(Feature::favor, draw_text(), q, k);
  const double kernel = std::exp(dot(q, k) / std::sqrt(double(width)));
  EXPECT_NEAR(estimate.mean, kernel, 4 * estimate.standard_error);
  EXPECT_LT(estimate.standard_error, 0.02 * kernel);
}

TEST(FeatureMap, FavorSharpIsUnbiasedForTheSoftmaxKernel) {
  const auto q = normal_numbers(width, 1, 0.8), k = normal_numbers(width, 2, 0.8);
  const Estimate estimate = estimate_kernel(Feature::favor_sharp, draw_text(), q, k);
  const double kernel = std::exp(dot(q, k) / std::sqrt(double(width)));
  EXPECT_NEAR(estimate.mean, kernel, 4 * estimate.standard_error);
  EXPECT_LT(estimate.standard_error, 0.02 * kernel);
}

std::vector<double> mean_row(const std::vector<double>& rows) {
  std::vector<double> mean(width, 0.0);
  for (std::size_t i = 0; i < rows.size(); ++i) mean[i % width] += rows[i] * width / double(rows.size());
  return mean;
}

/// Expectation of favor_balanced: the softmax kernel times a factor that depends only on the query and a constant
/// factor, both of which the normaliser cancels: exp(q.k - q.c_k - max over calibration keys of c_q.(k - c_k)), all
/// scaled.
double balanced_kernel(const Text& text, const std::vector<double>& q, const std::vector<double>& k) {
  const auto query_mean = scaled(mean_row(text.query)), key_mean = scaled(mean_row(text.key));
  double largest = -INFINITY;
  for (int t = 0; t < calibration_tokens; ++t)
    largest = std::max(largest, dot(query_mean, scaled(row(text.key, t, width))) - dot(query_mean, key_mean));
  return std::exp(dot(scaled(q), scaled(k)) - dot(scaled(q), key_mean) - largest);
}

TEST(FeatureMap, FavorBalancedIsUnbiasedForTheSoftmaxKernel) {
  const Text text = draw_text();
  const auto q = row(text.query, 3, width);
  for (const int token : {0, 7}) {
    const auto k = row(text.key, token, width);
    const Estimate estimate = estimate_kernel(Feature::favor_balanced, text, q, k);
    EXPECT_NEAR(estimate.mean, balanced_kernel(text, q, k), 4 * estimate.standard_error);
    EXPECT_LT(estimate.standard_error, 0.02 * estimate.mean);
  }
}

TEST(FeatureMap, VarianceFallsFromFavorToSharpToBalanced) {
  const Text text = draw_text();
  double spread[3] = {0, 0, 0};
  int at = 0;
  for (const Feature feature : {Feature::favor_balanced, Feature::favor_sharp, Feature::favor}) {
    for (const int token : {1, 5, 9, 13}) {
      const Estimate e =
          estimate_kernel(feature, text, row(text.query, token, width), row(text.key, token, width), 2000);
      spread[at] += e.standard_error / e.mean;
    }
    ++at;
  }
  EXPECT_LT(spread[0], spread[1]);
  EXPECT_LT(spread[1], spread[2]);
}

std::vector<double> times(const std::vector<double>& matrix, const std::vector<double>& x) {
  std::vector<double> result;
  for (std::size_t i = 0; i < x.size(); ++i) result.push_back(dot(row(matrix, int(i), int(x.size())), x));
  return result;
}

TEST(Balance, KeepsTheLogitsUpToATermOfTheQueryAlone) {
  // q.k = q~.k~ + c_q.(k - c_k) + q.c_k for every pair.
  const Text text = draw_text();
  const Balance balance = balance_queries_and_keys(text.query, text.key, calibration_tokens, width, 0.7);
  const auto centred = [](std::vector<double> x, const std::vector<double>& mean) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.7 * x[i] - mean[i];
    return x;
  };
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const auto q = normal_numbers(width, seed), k = normal_numbers(width, seed + 50);
    const auto centred_key = centred(k, balance.key_mean);
    const double balanced =
        dot(times(balance.transform, centred(q, balance.query_mean)), times(balance.inverse, centred_key)) +
        dot(balance.query_mean, centred_key) + 0.7 * dot(q, balance.key_mean);
    EXPECT_NEAR(balanced, 0.49 * dot(q, k), 1e-12);
  }
}

TEST(Balance, MakesQueriesAndKeysEquallySpread) {
  const Text text = draw_text();
  const Balance balance = balance_queries_and_keys(text.query, text.key, calibration_tokens, width, 1);
  // Covariances after the change of variables, with the same ridge before it.
  const auto covariance = [](const std::vector<double>& rows, const std::vector<double>& mean,
                             const std::vector<double>& matrix) {
    std::vector<double> plain(width * width, 0.0), result(width * width, 0.0);
    double trace = 0;
    for (int t = 0; t < calibration_tokens; ++t)
      for (std::size_t i = 0; i < width; ++i)
        for (std::size_t j = 0; j < width; ++j)
          plain[i * width + j] +=
              (row(rows, t, width)[i] - mean[i]) * (row(rows, t, width)[j] - mean[j]) / calibration_tokens;
    for (std::size_t i = 0; i < width; ++i) trace += plain[i * width + i];
    for (std::size_t i = 0; i < width; ++i) plain[i * width + i] += 1e-3 * trace / width;
    for (std::size_t i = 0; i < width; ++i)
      for (std::size_t j = 0; j < width; ++j)
        for (std::size_t a = 0; a < width; ++a)
          for (std::size_t b = 0; b < width; ++b)
            result[i * width + j] += matrix[i * width + a] * plain[a * width + b] * matrix[j * width + b];
    return result;
  };
  EXPECT_TRUE(all_close(covariance(text.query, balance.query_mean, balance.transform),
                        covariance(text.key, balance.key_mean, balance.inverse), {.absolute = 1e-12}));
}

TEST(Balance, IsFiniteForAConstantHead) {
  const std::vector<double> same(calibration_tokens * width, 0.3);
  const Balance balance = balance_queries_and_keys(same, same, calibration_tokens, width, 1);
  for (const double value : balance.transform) EXPECT_TRUE(std::isfinite(value));
  for (const double value : balance.inverse) EXPECT_TRUE(std::isfinite(value));
}

TEST(FeatureMap, RejectsElu1UnlessNeuronsEqualWidth) {
  const auto text = error_text<ConfigError>([] { make_feature_map(Feature::elu1, 8, 32, 1, 0); });
  EXPECT_NE(text.find("features.m = 32"), std::string::npos) << text;
  EXPECT_NE(text.find("d = 8"), std::string::npos) << text;
}

TEST(FeatureMap, RejectsSharpAndBalancedWithoutACalibrationText) {
  for (const auto& [feature, name] :
       {std::pair(Feature::favor_sharp, "favor_sharp"), std::pair(Feature::favor_balanced, "favor_balanced")}) {
    const auto text = error_text<ConfigError>([f = feature] { make_feature_map(f, width, hidden, 1, 0); });
    EXPECT_NE(text.find(name), std::string::npos) << text;
    EXPECT_NE(text.find("at least 2 tokens, got 0"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace tripartite::attention
