#pragma once

#include <string>

/// Matrix products by a CBLAS, cut into tiles that do not depend on the number of threads: neither do the results, bit
/// for bit. OpenMP threads take the tiles; the CBLAS itself is kept to one thread. A call inside a parallel region
/// stays on its thread.
namespace tripartite::linear_algebra {

/// How the right factor of a product lies in memory: as it is written, or transposed (rows are the product's columns).
enum class Stored { as_is, transposed };

/// C = alpha A B + beta C: A [rows x inner], B [inner x columns], C [rows x columns], all row-major with leading
/// dimensions. A single row is a matrix-vector product, which reads B once instead of packing it.
template <class Real>
void multiply(int rows, int columns, int inner, Real alpha, const Real* a, int lda, Stored b_stored, const Real* b,
              int ldb, Real beta, Real* c, int ldc);

/// C = A^T B + C: A [inner x rows], B [inner x columns].
template <class Real>
void add_transposed_product(int rows, int columns, int inner, const Real* a, int lda, const Real* b, int ldb, Real* c,
                            int ldc);

/// Which CBLAS this is and what processor it chose its kernels for.
std::string description();

}  // namespace tripartite::linear_algebra
