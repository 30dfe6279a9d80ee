#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/io/strict_json.hpp"
#include "host/io/text_file.hpp"
#include "host/transformer/wordpiece.hpp"
#include "host/verify/reference_solver.hpp"
#include "host/verify/verify.hpp"
#include "tripartite/error.hpp"
#include "tripartite/transformer/model.hpp"
#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite::verify {
namespace {

/// What a case expects: one entry per text.
struct Expected {
  std::size_t max_length = 0;  // of the ids
  std::vector<std::string> texts;
  std::vector<std::vector<int>> ids;
  std::vector<std::vector<double>> embeddings;
};

Expected read(const std::filesystem::path& path) {
  const auto json = io::parse_json(io::read_file(path), path.string());
  Expected expected;
  try {
    expected.max_length = json.at("max_length");
    for (const auto& text : json.at("texts")) {
      expected.texts.push_back(text.at("text"));
      expected.ids.push_back(text.at("ids"));
      expected.embeddings.push_back(text.at("embedding"));
    }
  } catch (const nlohmann::json::exception& e) {
    throw FileError(
        fmt::format("{}: max_length and texts with text, ids and embedding are expected: {}", path.string(), e.what()));
  }
  if (expected.texts.empty()) throw FileError(path.string() + ": has no text");
  return expected;
}

template <class Real>
std::vector<VerifyRow> verify(const std::filesystem::path& directory, const std::filesystem::path& model_directory,
                              Backend backend, double largest_difference) {
  const Expected expected = read(directory / "expected.json");
  const auto files = transformer::ModelFiles::directory(model_directory);
  const transformer::Model<Real> model(files);
  const transformer::WordPiece tokenizer(files.text("vocab.txt"), files.where("vocab.txt"));
  const auto attention =
      transformer::make_reference_attention<Real>(backend, model.shape().attention, model.shape().attention_shape());
  transformer::Sequence<Real> sequence(model, *attention);

  std::vector<double> ids, expected_ids, embeddings, expected_embeddings;
  for (std::size_t i = 0; i < expected.texts.size(); ++i) {
    auto text_ids = tokenizer.encode(expected.texts[i], expected.max_length).ids;
    // Of another length: what is missing counts as wrong.
    text_ids.resize(std::max(text_ids.size(), expected.ids[i].size()), -1);
    auto wanted = expected.ids[i];
    wanted.resize(text_ids.size(), -1);
    ids.insert(ids.end(), text_ids.begin(), text_ids.end());
    expected_ids.insert(expected_ids.end(), wanted.begin(), wanted.end());
    sequence.restart();
    sequence.append(expected.ids[i]);  // an error of the tokeniser must not hide one of the encoder
    const auto embedding = sequence.sentence_embedding();
    embeddings.insert(embeddings.end(), embedding.begin(), embedding.end());
    expected_embeddings.insert(expected_embeddings.end(), expected.embeddings[i].begin(), expected.embeddings[i].end());
  }
  double largest = 0;
  for (const double value : expected_embeddings) largest = std::max(largest, std::abs(value));
  const std::string name = directory.filename().string();
  return {compare(name, "tokenizer", "ids", ids, expected_ids, 0),
          compare(name, reference_solver(backend), "embedding", embeddings, expected_embeddings,
                  largest_difference / largest)};
}

}  // namespace

std::vector<VerifyRow> verify_encoder_case(const std::filesystem::path& directory, const std::filesystem::path& model,
                                           Precision precision, Backend backend) {
  return precision == Precision::float64 ? verify<double>(directory, model, backend, 1e-10)
                                         : verify<float>(directory, model, backend, 1e-6);
}

}  // namespace tripartite::verify
