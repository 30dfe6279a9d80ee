#pragma once

#include <cublas_v2.h>

#include <memory>
#include <type_traits>

namespace tripartite::linear_algebra::cuda {

/// Owns a cuBLAS handle of the current device, bound to a stream.
class Blas {
 public:
  explicit Blas(cudaStream_t stream);
  operator cublasHandle_t() const { return handle_.get(); }

 private:
  struct Destroy {
    void operator()(cublasHandle_t handle) const noexcept { (void)cublasDestroy(handle); }
  };
  std::unique_ptr<std::remove_pointer_t<cublasHandle_t>, Destroy> handle_;
};

/// A batch of matrices, row-major on the device: rows `leading` apart, matrices `stride` apart (0: all are one).
template <class Real>
struct Matrices {
  Real* first;
  int leading;
  long long stride;
  bool transposed = false;  // as a factor: rows are the columns of what is meant
};

/// C = alpha A B + beta C for every matrix of a batch: A [rows x inner], B [inner x columns], C [rows x columns].
template <class Real>
void multiply(const Blas& blas, int count, int rows, int columns, int inner, Real alpha, Matrices<const Real> a,
              Matrices<const Real> b, Real beta, Matrices<Real> c);

}  // namespace tripartite::linear_algebra::cuda
