#include "host/cli/network_settings.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <variant>

#include "tripartite/network/connectivity.hpp"

namespace tripartite::cli {

config::Settings with_neurons_of_file(config::Settings settings) {
  const auto text = [&](std::string_view key) {
    const auto* given = settings.find(key);
    return given == nullptr ? std::string() : std::get<std::string>(given->value);
  };
  if (const std::string edges = text("connectivity.edges");
      text("connectivity.rule") == "file" && !edges.empty() && settings.find("population.neurons") == nullptr)
    settings.set("population.neurons",
                 fmt::format("{}", network::read_edges(edges, text("connectivity.population")).neurons), edges);
  return settings;
}

}  // namespace tripartite::cli
