#include "kernels/cublas.hpp"

#include <string>

#include "tripartite/error.hpp"

namespace tripartite {
namespace {

void check(cublasStatus_t status, const char* call) {
  if (status != CUBLAS_STATUS_SUCCESS)
    throw DeviceError(std::string(call) + " failed: " + cublasGetStatusString(status));
}

}  // namespace

Cublas::Cublas(cudaStream_t stream) {
  cublasHandle_t handle = nullptr;
  check(cublasCreate(&handle), "cublasCreate");
  handle_.reset(handle);
  check(cublasSetStream(handle, stream), "cublasSetStream");
}

// cuBLAS is column-major: the transposed product, with the factors changed over.
void Cublas::multiply(const Product<float>& p) const {
  const float one = 1;
  check(cublasSgemmStridedBatched(handle_.get(), p.b_stored == Stored::transposed ? CUBLAS_OP_T : CUBLAS_OP_N,
                                  CUBLAS_OP_N, p.columns, p.rows, p.inner, &one, p.b, p.ldb, p.stride_b, p.a, p.lda,
                                  p.stride_a, &p.beta, p.c, p.ldc, p.stride_c, p.batch),
        "cublasSgemmStridedBatched");
}

void Cublas::multiply(const Product<double>& p) const {
  const double one = 1;
  check(cublasDgemmStridedBatched(handle_.get(), p.b_stored == Stored::transposed ? CUBLAS_OP_T : CUBLAS_OP_N,
                                  CUBLAS_OP_N, p.columns, p.rows, p.inner, &one, p.b, p.ldb, p.stride_b, p.a, p.lda,
                                  p.stride_a, &p.beta, p.c, p.ldc, p.stride_c, p.batch),
        "cublasDgemmStridedBatched");
}

}  // namespace tripartite
