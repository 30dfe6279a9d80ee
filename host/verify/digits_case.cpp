#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/io/strict_json.hpp"
#include "host/io/text_file.hpp"
#include "host/simulation/image_input.hpp"
#include "host/verify/reference_solver.hpp"
#include "host/verify/verify.hpp"
#include "tripartite/error.hpp"
#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite::verify {
namespace {

using Scores = std::vector<std::vector<double>>;  // [images][classes]

Scores scores_of(const nlohmann::json& json, const char* twin, const std::string& path) {
  try {
    return json.at(twin).get<Scores>();
  } catch (const nlohmann::json::exception& e) {
    throw FileError(
        fmt::format("{}: softmax and linear with scores [images x classes] are expected: {}", path, e.what()));
  }
}

template <class Real>
VerifyRow verify(const std::string& name, const char* twin, const Scores& expected, Backend backend, double tolerance) {
  const auto files = transformer::embedded_model(fmt::format("digits-{}", twin));
  const transformer::Model<Real> model(files);
  auto images = simulation::heldout_digits();
  if (expected.empty() || expected.size() > images.size())
    throw FileError(
        fmt::format("{}: scores of {} images: expected from 1 to {}", name, expected.size(), images.size()));
  images.resize(expected.size());
  const auto values = simulation::image_values<Real>({files, model.shape()}, images);
  const auto attention =
      transformer::make_reference_attention<Real>(backend, model.shape().attention, model.shape().attention_shape());
  const auto computed = simulation::class_scores<Real>(model, *attention, values, int(images.size()));
  std::vector<double> all;
  for (const auto& row : expected) all.insert(all.end(), row.begin(), row.end());
  return compare(name, reference_solver(backend), fmt::format("{} scores", twin), {computed.begin(), computed.end()},
                 all, tolerance);
}

}  // namespace

std::vector<VerifyRow> verify_digits_case(const std::filesystem::path& directory, Precision precision,
                                          Backend backend) {
  const std::string path = (directory / "expected.json").string();
  const auto json = io::parse_json(io::read_file(path), path);
  const std::string name = directory.filename().string();
  std::vector<VerifyRow> rows;
  for (const char* twin : {"softmax", "linear"}) {
    const Scores expected = scores_of(json, twin, path);
    rows.push_back(precision == Precision::float64 ? verify<double>(name, twin, expected, backend, 1e-11)
                                                   : verify<float>(name, twin, expected, backend, 1e-5));
  }
  return rows;
}

}  // namespace tripartite::verify
