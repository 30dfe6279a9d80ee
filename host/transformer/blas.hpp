#pragma once

namespace tripartite::transformer {

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

}  // namespace tripartite::transformer
