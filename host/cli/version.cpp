#include "host/cli/version.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "build_info.hpp"
#include "tripartite/version.hpp"

namespace tripartite::cli {

std::string_view commit() { return build_info::commit; }

std::string version_as_text() {
  const std::string_view cuda = build_info::cuda_toolkit;
  return fmt::format("tripartite {}\ncommit {}\ncompiler {}\n{}\ninstruction sets {}", TRIPARTITE_VERSION,
                     build_info::commit, build_info::compiler,
                     cuda.empty() ? "without CUDA" : fmt::format("CUDA {}", cuda),
                     fmt::join(build_info::instruction_sets, ", "));
}

std::string version_as_json() {
  const std::string_view cuda = build_info::cuda_toolkit;
  nlohmann::ordered_json version;
  version["version"] = TRIPARTITE_VERSION;
  version["commit"] = build_info::commit;
  version["compiler"] = build_info::compiler;
  version["cuda"] = cuda.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(cuda);
  version["instruction_sets"] = build_info::instruction_sets;
  return version.dump(2);
}

}  // namespace tripartite::cli
