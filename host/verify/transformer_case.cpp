#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <vector>

#include "host/io/hdf5_file.hpp"
#include "host/verify/reference_solver.hpp"
#include "host/verify/verify.hpp"
#include "tripartite/error.hpp"
#include "tripartite/transformer/model.hpp"
#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite::verify {
namespace {

using Matrices = std::vector<std::vector<double>>;

template <class Real>
std::vector<double> to_double(const std::vector<Real>& values) {
  return {values.begin(), values.end()};
}

template <class Real>
Matrices to_double(const std::vector<std::vector<Real>>& matrices) {
  Matrices result;
  for (const auto& matrix : matrices) result.push_back(to_double(matrix));
  return result;
}

std::vector<double> joined(const Matrices& matrices) {
  std::vector<double> all;
  for (const auto& matrix : matrices) all.insert(all.end(), matrix.begin(), matrix.end());
  return all;
}

/// [layer] of [token x head * channel] to [layer, head, token, channel].
std::vector<double> by_head(const Matrices& matrices, const transformer::ModelShape& shape) {
  std::vector<double> all;
  for (const auto& matrix : matrices) {
    const std::size_t width = std::size_t(shape.heads) * shape.head_size;
    for (std::size_t head = 0; head < std::size_t(shape.heads); ++head)
      for (std::size_t token = 0; token < matrix.size() / width; ++token) {
        const auto first = matrix.begin() + std::ptrdiff_t(token * width + head * shape.head_size);
        all.insert(all.end(), first, first + shape.head_size);
      }
  }
  return all;
}

/// Softmax weights of the traced queries and keys [layer, head, token, token].
std::vector<double> attention_weights(const Matrices& query, const Matrices& key, const transformer::ModelShape& shape,
                                      int tokens) {
  std::vector<double> all;
  std::vector<double> weights(std::size_t(shape.heads) * tokens * tokens);
  for (std::size_t layer = 0; layer < query.size(); ++layer) {
    transformer::plain_softmax_weights({tokens, shape.heads, shape.head_size, shape.causal}, query[layer].data(),
                                       key[layer].data(), weights.data());
    all.insert(all.end(), weights.begin(), weights.end());
  }
  return all;
}

template <class Real>
std::vector<double> feed(transformer::Sequence<Real>& sequence, const io::Hdf5File& expected,
                         const std::string& group) {
  std::span<const Real> last;
  if (sequence.shape().image_channels > 0) {
    const auto pixels = expected.read<double>(group + "/pixel_values").values;
    last = sequence.append_images(std::vector<Real>(pixels.begin(), pixels.end()));
  } else {
    const auto integers = [&](const char* name) { return expected.read<std::int32_t>(group + name).values; };
    const bool has_segments = expected.contains(group + "/token_type_ids");
    last = sequence.append(integers("/input_ids"), has_segments ? integers("/token_type_ids") : std::vector<int>{});
  }
  return {last.begin(), last.end()};
}

template <class Real>
std::vector<VerifyRow> verify(const std::filesystem::path& directory, Backend backend, double tolerance) {
  const auto expected = io::Hdf5File::open(directory / "expected.h5");
  const transformer::Model<Real> model(transformer::ModelFiles::directory(directory));
  const transformer::ModelShape& shape = model.shape();
  const auto attention = transformer::make_reference_attention<Real>(backend, shape.attention, shape.attention_shape());
  transformer::Sequence<Real> sequence(model, *attention);

  std::vector<VerifyRow> rows;
  for (const std::string& group : expected.names("/")) {
    sequence.restart();
    transformer::Trace<Real> trace;
    sequence.record(&trace);
    const std::vector<double> last = feed(sequence, expected, group);
    const auto row = [&](const std::string& name, const std::vector<double>& computed) {
      const std::string variable = fmt::format("{}/{}", group, name);
      if (!expected.contains(variable)) return;
      rows.push_back(compare(directory.filename().string(), reference_solver(backend), variable, computed,
                             expected.read<double>(variable).values, tolerance));
    };
    const Matrices query = to_double(trace.query);
    const Matrices key = to_double(trace.key);
    row("embeddings", to_double(trace.embeddings));
    row("hidden", joined(to_double(trace.hidden)));
    row("query", by_head(query, shape));
    row("key", by_head(key, shape));
    row("value", by_head(to_double(trace.value), shape));
    row("attention", attention_weights(query, key, shape, sequence.tokens()));
    row("context", by_head(to_double(trace.context), shape));
    row("last_hidden_state", last);
    if (shape.has_pooler) row("pooled", to_double(sequence.pooled()));
    if (shape.classes > 0) row("logits", to_double(sequence.class_logits()));
    if (shape.causal) {
      const auto logits = sequence.logits(sequence.tokens());
      row("logits", {logits.begin(), logits.end()});
    }
  }
  if (rows.empty()) throw FileError((directory / "expected.h5").string() + ": nothing to compare with");
  return rows;
}

}  // namespace

std::vector<VerifyRow> verify_transformer_case(const std::filesystem::path& directory, Precision precision,
                                               Backend backend) {
  return precision == Precision::float64 ? verify<double>(directory, backend, 1e-10)
                                         : verify<float>(directory, backend, 1e-5);
}

}  // namespace tripartite::verify
