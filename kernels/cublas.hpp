#pragma once

#include <cublas_v2.h>

#include <memory>

namespace tripartite {

/// Owns a cuBLAS handle of the device that was current when it was made, bound to a stream.
class Cublas {
 public:
  /// Throws DeviceError.
  explicit Cublas(cudaStream_t stream);

  enum class Stored { as_is, transposed };

  /// batch times C = A B + beta C: A [rows x inner], B [inner x columns] as stored, C [rows x columns], row-major with
  /// leading dimensions and strides from one matrix of the batch to the next (0: the same for all). Throws DeviceError.
  template <class Real>
  struct Product {
    int rows, columns, inner, batch;
    const Real* a;
    int lda;
    long long stride_a;
    Stored b_stored;
    const Real* b;
    int ldb;
    long long stride_b;
    Real beta;
    Real* c;
    int ldc;
    long long stride_c;
  };
  void multiply(const Product<float>& product) const;
  void multiply(const Product<double>& product) const;

 private:
  struct Destroy {
    void operator()(cublasContext* handle) const noexcept { (void)cublasDestroy(handle); }
  };
  std::unique_ptr<cublasContext, Destroy> handle_;
};

}  // namespace tripartite
