#include <cblas.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "benchmarks/rivals/rival.hpp"
#include "host/bench/transformer_problem.hpp"

extern "C" void openblas_set_num_threads(int) __attribute__((weak));

// W6. The products of a transformer's layers alone, one sgemm each, with nothing in between.
namespace tripartite::rivals {
namespace {

void set_threads(int threads) {
  if (openblas_set_num_threads != nullptr) openblas_set_num_threads(threads);
}

/// c = a b, b stored by columns. Returns its operations.
double product(int rows, int columns, int inner, const float* a, int lda, const float* b, int ldb, float* c, int ldc) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, inner, 1, a, lda, b, ldb, 0, c, ldc);
  return 2.0 * rows * columns * inner;
}

}  // namespace

Result transformer(const Case& what) {
  const bench::TransformerSize size = what.method == bench::gpt2.name ? bench::gpt2 : bench::minilm;
  const int tokens = int(what.n), d = size.hidden, width = d / size.heads;
  const auto at = [](int i, int k) { return std::size_t(i) * std::size_t(k); };
  // The weights of every layer, as a model has them: none is in a cache when its turn comes.
  const std::size_t per_layer = at(d, 4 * d + 2 * size.inner);
  std::vector<float> weights(per_layer * std::size_t(size.layers), 0.01F), x(at(tokens, d), 0.5F), q(x), k(x), v(x),
      context(x), inner(at(tokens, size.inner)), scores(at(tokens, tokens) * std::size_t(size.heads), 0.1F),
      values(at(d, tokens), 0.5F);
  double operations = 0;
  const auto pass = [&] {
    operations = 0;
    for (int layer = 0; layer < size.layers; ++layer) {
      const float* w = &weights[per_layer * std::size_t(layer)];
      set_threads(what.threads);
      for (float* out : {q.data(), k.data(), v.data()}) {
        operations += product(tokens, d, d, x.data(), d, w, d, out, d);
        w += at(d, d);
      }
      set_threads(1);  // heads are small: a thread each
#pragma omp parallel for schedule(static) num_threads(what.threads) reduction(+ : operations)
      for (int head = 0; head < size.heads; ++head) {
        const std::size_t first = at(head, width);
        float* own = &scores[at(tokens, tokens) * std::size_t(head)];
        operations += product(tokens, tokens, width, &q[first], d, &k[first], d, own, tokens);
        operations +=
            product(tokens, width, tokens, own, tokens, &values[at(head * width, tokens)], tokens, &context[first], d);
      }
      set_threads(what.threads);
      operations += product(tokens, d, d, context.data(), d, w, d, q.data(), d);
      w += at(d, d);
      operations += product(tokens, size.inner, d, x.data(), d, w, d, inner.data(), size.inner);
      w += at(d, size.inner);
      operations += product(tokens, d, size.inner, inner.data(), size.inner, w, size.inner, q.data(), d);
    }
  };
  pass();  // wakes the threads of OpenBLAS
  const double begin = now();
  pass();
  return {now() - begin, operations};
}

}  // namespace tripartite::rivals
