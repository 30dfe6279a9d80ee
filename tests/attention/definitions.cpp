#include "attention/definitions.hpp"

#include <algorithm>
#include <cmath>

namespace tripartite::attention {

double dot(const std::vector<double>& left, const std::vector<double>& right) {
  double sum = 0;
  for (std::size_t i = 0; i < left.size(); ++i) sum += left[i] * right[i];
  return sum;
}

std::vector<double> scaled(std::vector<double> x) {
  const double factor = 1 / std::sqrt(std::sqrt(double(x.size())));
  for (double& value : x) value *= factor;
  return x;
}

std::vector<double> row(const std::vector<double>& matrix, int index, int width) {
  return {matrix.begin() + index * width, matrix.begin() + (index + 1) * width};
}

Features elu1_features() {
  return [](const std::vector<double>& x) {
    std::vector<double> rates = scaled(x);
    for (double& rate : rates) rate = (rate > 0 ? rate : std::exp(rate) - 1) + 1;
    return rates;
  };
}

Features relu_features(const std::vector<double>& omega) {
  return [omega](const std::vector<double>& x) {
    const int width = int(x.size()), hidden = int(omega.size()) / width;
    std::vector<double> rates;
    for (int j = 0; j < hidden; ++j)
      rates.push_back(std::max(0.0, dot(row(omega, j, width), scaled(x))) / std::sqrt(double(hidden)));
    return rates;
  };
}

Features favor_features(const std::vector<double>& omega) {
  return [omega](const std::vector<double>& x) {
    const int width = int(x.size()), hidden = int(omega.size()) / width;
    const std::vector<double> u = scaled(x);
    std::vector<double> rates;
    for (int j = 0; j < hidden; ++j)
      rates.push_back(std::exp(dot(row(omega, j, width), u) - dot(u, u) / 2) / std::sqrt(double(hidden)));
    return rates;
  };
}

Features favor_sharp_features(const std::vector<double>& omega, double s) {
  return [omega, s](const std::vector<double>& x) {
    const int width = int(x.size()), hidden = int(omega.size()) / width;
    const double d = width, rho = (std::sqrt(std::pow(2 * s + d, 2) + 8 * d * s) - 2 * s - d) / (4 * s);
    const double a = (1 - 1 / rho) / 8, b = std::sqrt(1 - 4 * a), front = std::pow(1 - 4 * a, d / 4);
    const std::vector<double> u = scaled(x);
    std::vector<double> rates;
    for (int j = 0; j < hidden; ++j) {
      const std::vector<double> w = row(omega, j, width);
      rates.push_back(front * std::exp(a * dot(w, w) + b * dot(w, u) - dot(u, u) / 2) / std::sqrt(double(hidden)));
    }
    return rates;
  };
}

std::vector<double> linear_attention(const Features& query_features, const Features& key_features,
                                     const std::vector<double>& query, const std::vector<double>& key,
                                     const std::vector<double>& value, int width, bool causal) {
  const int tokens = int(query.size()) / width;
  std::vector<std::vector<double>> stored;
  for (int t = 0; t < tokens; ++t) stored.push_back(key_features(row(key, t, width)));
  std::vector<double> context;
  for (int t = 0; t < tokens; ++t) {
    const auto asked = query_features(row(query, t, width));
    std::vector<double> sum(std::size_t(width), 0.0);
    double norm = 0;
    for (int s = 0; s < (causal ? t + 1 : tokens); ++s) {
      const double weight = dot(asked, stored[std::size_t(s)]);
      norm += weight;
      for (int i = 0; i < width; ++i) sum[std::size_t(i)] += weight * value[std::size_t(s * width + i)];
    }
    for (const double part : sum) context.push_back(part / norm);
  }
  return context;
}

std::vector<double> softmax_attention(const std::vector<double>& query, const std::vector<double>& key,
                                      const std::vector<double>& value, int width, bool causal) {
  const int tokens = int(query.size()) / width;
  std::vector<double> context;
  for (int t = 0; t < tokens; ++t) {
    std::vector<double> weights;
    for (int s = 0; s < (causal ? t + 1 : tokens); ++s)
      weights.push_back(std::exp(dot(row(query, t, width), row(key, s, width)) / std::sqrt(double(width))));
    double norm = 0;
    for (const double weight : weights) norm += weight;
    for (int i = 0; i < width; ++i) {
      double sum = 0;
      for (std::size_t s = 0; s < weights.size(); ++s)
        sum += weights[s] * value[s * std::size_t(width) + std::size_t(i)];
      context.push_back(sum / norm);
    }
  }
  return context;
}

}  // namespace tripartite::attention
