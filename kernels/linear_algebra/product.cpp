#include "kernels/linear_algebra/product.hpp"

#include <string>
#include <string_view>

#include "kernels/cublas_check.hpp"
#include "tripartite/error.hpp"

namespace tripartite {

void detail::throw_cublas_error(cublasStatus_t status, const char* call, const char* file, int line) {
  std::string_view place(file);
  if (const auto room = place.rfind("kernels/"); room != std::string_view::npos) place.remove_prefix(room);
  const std::string message = std::string(call) + " failed at " + std::string(place) + ":" + std::to_string(line) +
                              ": " + cublasGetStatusName(status) + ": " + cublasGetStatusString(status);
  if (status == CUBLAS_STATUS_ALLOC_FAILED) throw MemoryError(message);
  throw DeviceError(message);
}

namespace linear_algebra::cuda {
namespace {

cublasStatus_t gemm(cublasHandle_t handle, cublasOperation_t op_a, cublasOperation_t op_b, int m, int n, int k,
                    const float* alpha, const float* a, int lda, long long stride_a, const float* b, int ldb,
                    long long stride_b, const float* beta, float* c, int ldc, long long stride_c, int count) {
  return cublasSgemmStridedBatched(handle, op_a, op_b, m, n, k, alpha, a, lda, stride_a, b, ldb, stride_b, beta, c, ldc,
                                   stride_c, count);
}
cublasStatus_t gemm(cublasHandle_t handle, cublasOperation_t op_a, cublasOperation_t op_b, int m, int n, int k,
                    const double* alpha, const double* a, int lda, long long stride_a, const double* b, int ldb,
                    long long stride_b, const double* beta, double* c, int ldc, long long stride_c, int count) {
  return cublasDgemmStridedBatched(handle, op_a, op_b, m, n, k, alpha, a, lda, stride_a, b, ldb, stride_b, beta, c, ldc,
                                   stride_c, count);
}

}  // namespace

Blas::Blas(cudaStream_t stream) {
  cublasHandle_t handle = nullptr;
  TRIPARTITE_CUBLAS_TRY(cublasCreate(&handle));
  handle_.reset(handle);
  TRIPARTITE_CUBLAS_TRY(cublasSetStream(handle, stream));
}

template <class Real>
void multiply(const Blas& blas, int count, int rows, int columns, int inner, Real alpha, Matrices<const Real> a,
              Matrices<const Real> b, Real beta, Matrices<Real> c) {
  if (count == 0 || rows == 0 || columns == 0) return;
  // cuBLAS reads by columns: what it sees are the transposed matrices, so C^T = B^T A^T.
  TRIPARTITE_CUBLAS_TRY(gemm(blas, b.transposed ? CUBLAS_OP_T : CUBLAS_OP_N, a.transposed ? CUBLAS_OP_T : CUBLAS_OP_N,
                             columns, rows, inner, &alpha, b.first, b.leading, b.stride, a.first, a.leading, a.stride,
                             &beta, c.first, c.leading, c.stride, count));
}

template void multiply(const Blas&, int, int, int, int, float, Matrices<const float>, Matrices<const float>, float,
                       Matrices<float>);
template void multiply(const Blas&, int, int, int, int, double, Matrices<const double>, Matrices<const double>, double,
                       Matrices<double>);

}  // namespace linear_algebra::cuda
}  // namespace tripartite
