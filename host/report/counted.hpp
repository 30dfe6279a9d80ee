#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <type_traits>

namespace tripartite::report {

/// "1 synapse", "2 synapses", "0 synapses". `many` where the plural is more than an s: "memories".
template <class Number>
std::string counted(Number count, std::string_view one, std::string_view many = {}) {
  const bool is_one = count == Number(1);
  const std::string noun = is_one ? std::string(one) : many.empty() ? std::string(one) + 's' : std::string(many);
  if constexpr (std::is_floating_point_v<Number>)
    return fmt::format("{:.0f} {}", count, noun);
  else
    return fmt::format("{} {}", count, noun);
}

}  // namespace tripartite::report
