#include "host/backend/require_memory.hpp"

#include <fmt/format.h>

#include "tripartite/error.hpp"

namespace tripartite {
namespace {

void require(std::string_view what, double needed, double available, std::string_view where, std::string_view remedy) {
  if (needed <= available) return;
  throw MemoryError(fmt::format("{}: needs {} of {}, {} are available{}{}", what, in_gib(needed), where,
                                in_gib(available), remedy.empty() ? "" : "; ", remedy));
}

}  // namespace

std::string in_gib(double bytes) {
  const double gib = bytes / double(std::size_t(1) << 30);
  if (gib >= 100) return fmt::format("{:.0f} GiB", gib);
  if (gib >= 0.1) return fmt::format("{:.1f} GiB", gib);
  return fmt::format("{:.2g} GiB", gib);
}

void require_memory(std::string_view what, double needed, double available, std::string_view remedy) {
  require(what, needed, available, "memory", remedy);
}

void require_device_memory(std::string_view what, double needed, double available) {
  require(what, needed, available, "memory on the CUDA device", {});
}

}  // namespace tripartite
