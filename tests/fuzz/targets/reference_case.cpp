#include <filesystem>
#include <string>

#include "fuzz/scratch.hpp"
#include "fuzz/target.hpp"
#include "host/verify/cases.hpp"

using namespace tripartite;

namespace {

namespace fs = std::filesystem;

/// The arrays of a case of tests/data beside a meta.json that is not its own.
fs::path case_directory(const std::string& name, std::string_view meta) {
  const fs::path directory = fuzz::scratch_directory() / name;
  if (!fs::exists(directory)) {
    fs::create_directory(directory);
    for (const auto& file : fs::directory_iterator(fs::path(TRIPARTITE_TEST_DATA) / name))
      if (file.path().filename() != "meta.json") fs::copy(file.path(), directory / file.path().filename());
  }
  fuzz::scratch_file(name + "/meta.json", meta);
  return directory;
}

}  // namespace

// The first byte chooses the case, the others are its meta.json.
TRIPARTITE_FUZZ_TARGET(reference_case, 20) {
  static const std::string names[] = {"a_relu_bi", "b_small",    "c_rate_default", "c_spike_ex2",
                                      "d_bursts",  "c_ring_ex5", "li_rinzel_pulse"};
  if (bytes.empty()) return;
  const auto chosen = static_cast<unsigned char>(bytes.front()) % std::size(names);
  verify::verify_case(case_directory(names[chosen], bytes.substr(1)), {.backend = Backend::cpu});
}
