#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/io/strict_json.hpp"
#include "host/io/text_file.hpp"
#include "host/verify/reference_solver.hpp"
#include "host/verify/verify.hpp"
#include "tripartite/error.hpp"
#include "tripartite/transformer/model.hpp"
#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite::verify {
namespace {

/// What a case expects of a text: -ln p of each token after the first, and what follows the last one.
struct Expected {
  std::vector<int> ids;
  std::vector<double> nll, last_logits;
};

struct Case {
  std::string model;
  std::vector<Expected> texts;
};

Case read(const std::filesystem::path& path) {
  const auto json = io::parse_json(io::read_file(path), path.string());
  Case expected;
  try {
    expected.model = json.at("model");
    for (const auto& text : json.at("texts")) {
      expected.texts.push_back({text.at("ids"), text.at("nll"), text.at("last_logits")});
      if (expected.texts.back().ids.size() != expected.texts.back().nll.size() + 1)
        throw FileError(path.string() + ": a text needs one nll less than ids");
    }
  } catch (const nlohmann::json::exception& e) {
    throw FileError(
        fmt::format("{}: model and texts with ids, nll and last_logits are expected: {}", path.string(), e.what()));
  }
  if (expected.texts.empty()) throw FileError(path.string() + ": has no text");
  return expected;
}

template <class Real>
double surprise(std::span<const Real> logits, int id) {
  double sum = 0;
  for (const Real logit : logits) sum += std::exp(double(logit));
  return std::log(sum) - double(logits[std::size_t(id)]);
}

template <class Real>
std::vector<VerifyRow> verify(const std::filesystem::path& directory, Backend backend, double tolerance) {
  const Case expected = read(directory / "expected.json");
  const transformer::Model<Real> model(transformer::embedded_model(expected.model));
  const auto attention =
      transformer::make_reference_attention<Real>(backend, model.shape().attention, model.shape().attention_shape());
  transformer::Sequence<Real> sequence(model, *attention);
  const auto vocabulary = std::size_t(model.shape().vocabulary);

  std::vector<double> nll, expected_nll, logits, expected_logits;
  for (const Expected& text : expected.texts) {
    sequence.restart();
    sequence.append(text.ids);
    const auto all = sequence.logits(int(text.ids.size()));
    for (std::size_t i = 0; i < text.nll.size(); ++i)
      nll.push_back(surprise<Real>(all.subspan(i * vocabulary, vocabulary), text.ids[i + 1]));
    const auto last = all.last(vocabulary);
    logits.insert(logits.end(), last.begin(), last.end());
    expected_nll.insert(expected_nll.end(), text.nll.begin(), text.nll.end());
    expected_logits.insert(expected_logits.end(), text.last_logits.begin(), text.last_logits.end());
  }
  const std::string name = directory.filename().string(), solver = reference_solver(backend);
  return {compare(name, solver, "nll", nll, expected_nll, tolerance),
          compare(name, solver, "last_logits", logits, expected_logits, tolerance)};
}

}  // namespace

std::vector<VerifyRow> verify_language_model_case(const std::filesystem::path& directory, Precision precision,
                                                  Backend backend) {
  return precision == Precision::float64 ? verify<double>(directory, backend, 1e-11)
                                         : verify<float>(directory, backend, 1e-5);
}

}  // namespace tripartite::verify
