// Results must be bitwise independent of the number of threads.
#include <gtest/gtest.h>
#include <omp.h>

#include <random>
#include <vector>

#include "host/linear_algebra/product.hpp"
#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite {
namespace {

using linear_algebra::Stored;

template <class Real>
std::vector<Real> normal_numbers(std::size_t size, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<Real> draw;
  std::vector<Real> numbers(size);
  for (Real& number : numbers) number = draw(random);
  return numbers;
}

template <class Function>
auto with_threads(int threads, const Function& function) {
  const int before = omp_get_max_threads();
  omp_set_num_threads(threads);
  auto result = function();
  omp_set_num_threads(before);
  return result;
}

struct Size {
  int rows, columns, inner;
};
class Product : public testing::TestWithParam<Size> {};

TEST_P(Product, MatchesPlainSumsOnAnyNumberOfThreads) {
  const auto [rows, columns, inner] = GetParam();
  const int lda = inner + 3, ldc = columns + 1;
  const auto a = normal_numbers<double>(std::size_t(rows) * lda, 1);
  for (const Stored stored : {Stored::as_is, Stored::transposed}) {
    const int ldb = (stored == Stored::as_is ? columns : inner) + 2;
    const auto b = normal_numbers<double>(std::size_t(stored == Stored::as_is ? inner : columns) * ldb, 2);
    const auto product = [&] {
      std::vector<double> c(std::size_t(rows) * ldc, 1.0);
      linear_algebra::multiply(rows, columns, inner, 0.5, a.data(), lda, stored, b.data(), ldb, 2.0, c.data(), ldc);
      return c;
    };
    const auto c = with_threads(1, product);
    for (const int threads : {2, 3, 8}) EXPECT_EQ(with_threads(threads, product), c) << threads << " threads";
    double worst = 0;
    for (int i = 0; i < rows; ++i)
      for (int j = 0; j < ldc; ++j) {
        double sum = j < columns ? 2.0 : 1.0;  // the padding between rows is unchanged
        for (int k = 0; k < inner && j < columns; ++k)
          sum += 0.5 * a[std::size_t(i) * lda + k] *
                 (stored == Stored::as_is ? b[std::size_t(k) * ldb + j] : b[std::size_t(j) * ldb + k]);
        worst = std::max(worst, std::abs(sum - c[std::size_t(i) * ldc + j]));
      }
    EXPECT_LT(worst, 1e-11);  // sums of up to 900 terms of order 1: 900 eps = 2e-13 relative to the largest sum
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Product,
                         testing::Values(Size{1, 1, 1}, Size{1, 1500, 900}, Size{129, 257, 64}, Size{300, 600, 33}),
                         [](const auto& test) {
                           return std::to_string(test.param.rows) + "x" + std::to_string(test.param.columns) + "x" +
                                  std::to_string(test.param.inner);
                         });

TEST(ReferenceAttention, IsTheSameOnAnyNumberOfThreads) {
  using namespace transformer;
  for (const AttentionKind kind : {AttentionKind::softmax, AttentionKind::linear_elu1}) {
    const AttentionShape shape{.layers = 1, .heads = 6, .head_size = 32, .max_tokens = 200, .causal = true};
    const auto query = normal_numbers<float>(200 * 192, 1), key = normal_numbers<float>(200 * 192, 2),
               value = normal_numbers<float>(200 * 192, 3);
    const auto context = [&] {
      std::vector<float> out(query.size());
      make_blas_attention<float>(kind, shape)->attend(0, 0, 200, query.data(), key.data(), value.data(), out.data());
      return out;
    };
    const auto alone = with_threads(1, context);
    for (const int threads : {2, 5}) EXPECT_EQ(with_threads(threads, context), alone) << threads << " threads";
  }
}

}  // namespace
}  // namespace tripartite
