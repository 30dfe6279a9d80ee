#include "host/verify/cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <nlohmann/json.hpp>

#include "host/io/text_file.hpp"
#include "tripartite/error.hpp"

namespace tripartite::verify {
namespace {

namespace fs = std::filesystem;

/// A kind of case: what its directory looks like, and what compares it.
struct Kind {
  std::function<bool(const fs::path&)> recognises;
  std::function<CaseReport(const fs::path&, const VerifyOptions&)> compare;
};

bool has(const fs::path& directory, const char* file) {
  std::error_code error;
  return fs::is_regular_file(directory / file, error);
}

/// Value of "model" in a JSON file; empty without.
std::string model_in(const fs::path& directory, const char* file) {
  if (!has(directory, file)) return {};
  const auto json = nlohmann::json::parse(io::read_file(directory / file), nullptr, false);
  if (json.is_discarded()) throw FileError((directory / file).string() + ": is not JSON");
  if (!json.is_object() || !json.contains("model") || !json["model"].is_string()) return {};
  return json["model"].get<std::string>();
}

std::string model_of(const fs::path& directory) { return model_in(directory, "meta.json"); }
std::string model_of_expected(const fs::path& directory) { return model_in(directory, "expected.json"); }

std::string first_word(const std::string& text) { return text.substr(0, text.find(' ')); }

std::string name_of(const fs::path& directory) {
  const fs::path absolute = fs::weakly_canonical(directory);
  return absolute.filename().string();
}

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> known{
      {[](const fs::path& directory) { return model_of(directory) == "A"; },
       [](const fs::path& directory, const VerifyOptions& options) {
         return CaseReport{
             name_of(directory), {}, verify_attention_case(directory, options.precision, options.backend)};
       }},
      {[](const fs::path& directory) { return model_of(directory) == "B"; },
       [](const fs::path& directory, const VerifyOptions& options) {
         return CaseReport{name_of(directory), {}, verify_memory_case(directory, options.precision, options.backend)};
       }},
      {[](const fs::path& directory) { return model_of(directory) == "C"; },
       [](const fs::path& directory, const VerifyOptions& options) {
         return CaseReport{name_of(directory), {}, verify_synapse_case(directory, options.precision, options.backend)};
       }},
      {[](const fs::path& directory) { return model_of(directory) == "D"; },
       [](const fs::path& directory, const VerifyOptions& options) {
         return CaseReport{name_of(directory), {}, verify_network_case(directory, options.precision, options.backend)};
       }},
      {[](const fs::path& directory) { return model_of(directory).starts_with("C ring"); },
       [](const fs::path& directory, const VerifyOptions& options) {
         return CaseReport{name_of(directory), {}, verify_ring_case(directory, options.precision, options.backend)};
       }},
      {[](const fs::path& directory) { return model_of(directory) == "Li-Rinzel"; },
       [](const fs::path& directory, const VerifyOptions& options) {
         return CaseReport{
             name_of(directory), {}, verify_li_rinzel_case(directory, options.precision, options.backend)};
       }},
      {[](const fs::path& directory) { return has(directory, "config.json") && has(directory, "expected.h5"); },
       [](const fs::path& directory, const VerifyOptions& options) {
         return CaseReport{
             name_of(directory), {}, verify_transformer_case(directory, options.precision, options.backend)};
       }},
      {[](const fs::path& directory) { return model_of_expected(directory).starts_with("kjv-"); },
       [](const fs::path& directory, const VerifyOptions& options) {
         return CaseReport{
             name_of(directory), {}, verify_language_model_case(directory, options.precision, options.backend)};
       }},
      {[](const fs::path& directory) { return model_of_expected(directory) == "digits"; },
       [](const fs::path& directory, const VerifyOptions& options) {
         return CaseReport{name_of(directory), {}, verify_digits_case(directory, options.precision, options.backend)};
       }},
      {[](const fs::path& directory) { return !model_of_expected(directory).empty(); },
       [](const fs::path& directory, const VerifyOptions& options) {
         if (!has(options.encoder, "model.safetensors"))
           return CaseReport{
               name_of(directory),
               fmt::format("needs the model {}, which is not in {} (scripts/fetch-models brings it, --encoder names "
                           "another place)",
                           first_word(model_of_expected(directory)), options.encoder.string()),
               {}};
         return CaseReport{name_of(directory),
                           {},
                           verify_encoder_case(directory, options.encoder, options.precision, options.backend)};
       }},
  };
  return known;
}

bool is_case(const fs::path& directory) {
  return has(directory, "meta.json") || has(directory, "expected.h5") || has(directory, "expected.json");
}

}  // namespace

std::vector<fs::path> find_cases(const std::vector<fs::path>& paths) {
  std::vector<fs::path> cases;
  for (const fs::path& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error))
      throw FileError(path.string() + ": is not a directory; expected a reference case or a folder of cases");
    if (is_case(path)) {
      cases.push_back(path);
      continue;
    }
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(path))
      if (entry.is_directory() && is_case(entry.path())) found.push_back(entry.path());
    if (found.empty())
      throw FileError(path.string() +
                      ": holds no reference case (a folder with meta.json, expected.h5 or expected.json)");
    std::sort(found.begin(), found.end());
    cases.insert(cases.end(), found.begin(), found.end());
  }
  return cases;
}

CaseReport verify_case(const fs::path& directory, const VerifyOptions& options) try {
  for (const Kind& kind : kinds())
    if (kind.recognises(directory)) return kind.compare(directory, options);
  const std::string model = model_of(directory);
  return {name_of(directory),
          model.empty() ? "of no kind that this build knows: no file of it names a model"
                        : fmt::format("this build has no model {}", model),
          {}};
} catch (const Cancelled&) {
  throw;
} catch (const std::exception& e) {
  return {name_of(directory), {}, {}, e.what()};
}

}  // namespace tripartite::verify
