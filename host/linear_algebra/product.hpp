#pragma once

/// Matrix products with a CBLAS, cut into tiles that do not depend on the number of threads, so that results are
/// bitwise independent of it too. OpenMP threads take the tiles; the CBLAS itself uses one thread. A call inside a
/// parallel region runs on the calling thread only.
namespace tripartite::linear_algebra {

/// Storage of the right factor of a product: as written, or transposed (its rows are the columns of the product).
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

}  // namespace tripartite::linear_algebra
