#include "tripartite/transformer/measures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "tripartite/error.hpp"

namespace tripartite::transformer {
namespace {

/// Log-sum-exp of a row of logits.
template <class Real>
double log_sum(std::span<const Real> scores) {
  const double largest = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (const Real score : scores) sum += std::exp(double(score) - largest);
  return largest + std::log(sum);
}

/// The number of rows of two arrays [rows x columns] of the same size.
std::size_t rows(std::size_t size, std::size_t other, int columns) {
  if (columns < 1 || size == 0 || size != other || size % std::size_t(columns) != 0)
    throw ConfigError(
        fmt::format("{} and {} values: must be equally many and a multiple of the row size {}", size, other, columns));
  return size / std::size_t(columns);
}

template <class Real>
std::size_t likeliest(std::span<const Real> scores) {
  return std::size_t(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

}  // namespace

template <class Real>
double kl_mean(std::span<const Real> reference, std::span<const Real> other, int vocabulary) {
  const std::size_t tokens = rows(reference.size(), other.size(), vocabulary);
  const auto width = std::size_t(vocabulary);
  double sum = 0;
  for (std::size_t token = 0; token < tokens; ++token) {
    const auto p = reference.subspan(token * width, width);
    const auto q = other.subspan(token * width, width);
    const double p_total = log_sum(p);
    const double q_total = log_sum(q);
    for (std::size_t i = 0; i < width; ++i) sum += std::exp(p[i] - p_total) * ((p[i] - p_total) - (q[i] - q_total));
  }
  return sum / double(tokens);
}

template <class Real>
double top1_agreement(std::span<const Real> reference, std::span<const Real> other, int vocabulary) {
  const std::size_t tokens = rows(reference.size(), other.size(), vocabulary);
  const auto width = std::size_t(vocabulary);
  std::size_t agreed = 0;
  for (std::size_t token = 0; token < tokens; ++token)
    if (likeliest(reference.subspan(token * width, width)) == likeliest(other.subspan(token * width, width))) ++agreed;
  return double(agreed) / double(tokens);
}

template <class Real>
double perplexity(std::span<const Real> logits, std::span<const int> tokens, int vocabulary) {
  const std::size_t count = rows(logits.size(), tokens.size() * std::size_t(std::max(vocabulary, 0)), vocabulary);
  if (count < 2) throw ConfigError("perplexity of one token: must have at least two tokens");
  const auto width = std::size_t(vocabulary);
  double sum = 0;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    if (tokens[i + 1] < 0 || tokens[i + 1] >= vocabulary)
      throw ConfigError(fmt::format("token {} is out of range (vocabulary of {})", tokens[i + 1], vocabulary));
    const auto row = logits.subspan(i * width, width);
    sum += log_sum(row) - double(row[std::size_t(tokens[i + 1])]);
  }
  return std::exp(sum / double(count - 1));
}

template <class Real>
double cosine(std::span<const Real> a, std::span<const Real> b) {
  rows(a.size(), b.size(), 1);
  double product = 0;
  double a_square = 0;
  double b_square = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += double(a[i]) * b[i];
    a_square += double(a[i]) * a[i];
    b_square += double(b[i]) * b[i];
  }
  return product / std::sqrt(a_square * b_square);
}

template <class Real>
double relative_l2(std::span<const Real> got, std::span<const Real> wanted) {
  rows(got.size(), wanted.size(), 1);
  double difference = 0;
  double square = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    difference += (double(got[i]) - wanted[i]) * (double(got[i]) - wanted[i]);
    square += double(wanted[i]) * wanted[i];
  }
  return difference == 0 ? 0 : std::sqrt(difference / square);
}

template double kl_mean(std::span<const float>, std::span<const float>, int);
template double kl_mean(std::span<const double>, std::span<const double>, int);
template double top1_agreement(std::span<const float>, std::span<const float>, int);
template double top1_agreement(std::span<const double>, std::span<const double>, int);
template double perplexity(std::span<const float>, std::span<const int>, int);
template double perplexity(std::span<const double>, std::span<const int>, int);
template double cosine(std::span<const float>, std::span<const float>);
template double cosine(std::span<const double>, std::span<const double>);
template double relative_l2(std::span<const float>, std::span<const float>);
template double relative_l2(std::span<const double>, std::span<const double>);

}  // namespace tripartite::transformer
