#include "host/transformer/blas.hpp"

#include <cblas.h>

namespace tripartite::transformer {
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

}  // namespace

template <class Real>
void multiply(int rows, int columns, int inner, Real alpha, const Real* a, int lda, Stored b_stored, const Real* b,
              int ldb, Real beta, Real* c, int ldc) {
  if (rows == 1 && b_stored == Stored::transposed)
    gemv(CblasNoTrans, columns, inner, alpha, b, ldb, a, beta, c);
  else if (rows == 1)
    gemv(CblasTrans, inner, columns, alpha, b, ldb, a, beta, c);
  else
    gemm(CblasNoTrans, b_stored == Stored::transposed ? CblasTrans : CblasNoTrans, rows, columns, inner, alpha, a, lda,
         b, ldb, beta, c, ldc);
}

template <class Real>
void add_transposed_product(int rows, int columns, int inner, const Real* a, int lda, const Real* b, int ldb, Real* c,
                            int ldc) {
  gemm(CblasTrans, CblasNoTrans, rows, columns, inner, Real(1), a, lda, b, ldb, Real(1), c, ldc);
}

template void multiply(int, int, int, float, const float*, int, Stored, const float*, int, float, float*, int);
template void multiply(int, int, int, double, const double*, int, Stored, const double*, int, double, double*, int);
template void add_transposed_product(int, int, int, const float*, int, const float*, int, float*, int);
template void add_transposed_product(int, int, int, const double*, int, const double*, int, double*, int);

}  // namespace tripartite::transformer
