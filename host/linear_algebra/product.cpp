#include "host/linear_algebra/product.hpp"

#include <cblas.h>

#include <algorithm>
#include <cstddef>

#include "host/linear_algebra/parallel.hpp"

namespace tripartite::linear_algebra {
namespace {

void gemm(CBLAS_TRANSPOSE trans_a, CBLAS_TRANSPOSE trans_b, int m, int n, int k, float alpha, const float* a, int lda,
          const float* b, int ldb, float beta, float* c, int ldc) {
  cblas_sgemm(CblasRowMajor, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
void gemm(CBLAS_TRANSPOSE trans_a, CBLAS_TRANSPOSE trans_b, int m, int n, int k, double alpha, const double* a, int lda,
          const double* b, int ldb, double beta, double* c, int ldc) {
  cblas_dgemm(CblasRowMajor, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
void gemv(CBLAS_TRANSPOSE trans, int m, int n, float alpha, const float* a, int lda, const float* x, float beta,
          float* y) {
  cblas_sgemv(CblasRowMajor, trans, m, n, alpha, a, lda, x, 1, beta, y, 1);
}
void gemv(CBLAS_TRANSPOSE trans, int m, int n, double alpha, const double* a, int lda, const double* x, double beta,
          double* y) {
  cblas_dgemv(CblasRowMajor, trans, m, n, alpha, a, lda, x, 1, beta, y, 1);
}

constexpr int tile_rows = 128;
constexpr int tile_columns = 256;

/// Calls tile(first_row, rows, first_column, columns) for every tile of a matrix.
template <class Tile>
void for_each_tile(int rows, int columns, int inner, const Tile& tile) {
  static const bool once = (openblas_set_num_threads(1), true);
  static_cast<void>(once);
  const int down = (rows + tile_rows - 1) / tile_rows;
  const int across = (columns + tile_columns - 1) / tile_columns;
  const auto one = [&](int number) {
    const int row = number / across * tile_rows;
    const int column = number % across * tile_columns;
    tile(row, std::min(tile_rows, rows - row), column, std::min(tile_columns, columns - column));
  };
  // About 0.2 ms of one core. A product with one row is memory-bound, ten times slower.
  if (double(rows) * columns * inner > (rows > 1 ? 1 << 22 : 1 << 19))
    run_parallel(down * across, [&](int number, int) { one(number); });
  else
    for (int number = 0; number < down * across; ++number) one(number);
}

}  // namespace

template <class Real>
void multiply(int rows, int columns, int inner, Real alpha, const Real* a, int lda, Stored b_stored, const Real* b,
              int ldb, Real beta, Real* c, int ldc) {
  const bool transposed = b_stored == Stored::transposed;
  for_each_tile(rows, columns, inner, [&](int first_row, int height, int first_column, int width) {
    const Real* left = a + std::ptrdiff_t(first_row) * lda;
    const Real* right = b + std::ptrdiff_t(first_column) * (transposed ? ldb : 1);
    Real* out = c + std::ptrdiff_t(first_row) * ldc + first_column;
    if (rows > 1)
      gemm(CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, height, width, inner, alpha, left, lda, right, ldb,
           beta, out, ldc);
    else if (transposed)
      gemv(CblasNoTrans, width, inner, alpha, right, ldb, left, beta, out);
    else
      gemv(CblasTrans, inner, width, alpha, right, ldb, left, beta, out);
  });
}

template <class Real>
void add_transposed_product(int rows, int columns, int inner, const Real* a, int lda, const Real* b, int ldb, Real* c,
                            int ldc) {
  for_each_tile(rows, columns, inner, [&](int first_row, int height, int first_column, int width) {
    gemm(CblasTrans, CblasNoTrans, height, width, inner, Real(1), a + first_row, lda, b + first_column, ldb, Real(1),
         c + std::ptrdiff_t(first_row) * ldc + first_column, ldc);
  });
}

template void multiply(int, int, int, float, const float*, int, Stored, const float*, int, float, float*, int);
template void multiply(int, int, int, double, const double*, int, Stored, const double*, int, double, double*, int);
template void add_transposed_product(int, int, int, const float*, int, const float*, int, float*, int);
template void add_transposed_product(int, int, int, const double*, int, const double*, int, double*, int);

}  // namespace tripartite::linear_algebra
