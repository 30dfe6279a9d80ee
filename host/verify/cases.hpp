#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/verify/verify.hpp"

namespace tripartite::verify {

struct VerifyOptions {
  Precision precision = Precision::float64;
  Backend backend = Backend::automatic;
  std::filesystem::path encoder = "models/all-MiniLM-L6-v2";  // model of the cases with texts and embeddings
};

/// What became of one case.
struct CaseReport {
  std::string name;
  std::string skipped;  // why it was not compared; empty if it was
  std::vector<VerifyRow> rows;
  std::string error = {};  // what failed before all of it was compared; empty if nothing did. Then there are no rows
};

/// Directories of cases among `paths`: each is a case or holds cases, in alphabetical order. Throws FileError for a
/// path that is no directory or holds none.
std::vector<std::filesystem::path> find_cases(const std::vector<std::filesystem::path>& paths);

/// Compares one case with whatever model of this build it is about; skipped if there is none. A case that cannot be
/// read or run is a report with its error, so that a caller can go on with the next one; only Cancelled is thrown.
CaseReport verify_case(const std::filesystem::path& directory, const VerifyOptions& options);

}  // namespace tripartite::verify
