#include "fuzz/target.hpp"

#include "tripartite/error.hpp"

namespace tripartite::fuzz {

std::vector<Target>& targets() {
  static std::vector<Target> all;
  return all;
}

void read(const Target& target, std::string_view bytes) try { target.read(bytes); } catch (const Error&) {
}

}  // namespace tripartite::fuzz
