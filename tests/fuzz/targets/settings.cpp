#include "host/config/settings.hpp"

#include "fuzz/target.hpp"
#include "host/config/astrocyte_parameters.hpp"
#include "host/config/attend_parameters.hpp"
#include "host/config/classify_parameters.hpp"
#include "host/config/generate_parameters.hpp"
#include "host/config/memory_parameters.hpp"
#include "host/config/network_parameters.hpp"
#include "host/config/selection.hpp"
#include "host/config/study_parameters.hpp"
#include "host/config/synapse_parameters.hpp"
#include "tripartite/error.hpp"

using namespace tripartite;

namespace {

/// Lines "key=value", as --set takes them one by one.
void resolve(const auto& table, std::string_view lines) {
  config::Settings settings(table.parameters());
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    try {
      settings.set(lines.substr(0, end), "--set");
    } catch (const Error&) {  // the others may still fit together
    }
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  table.validate(table.resolve(settings));
}

}  // namespace

// The first byte chooses the command.
TRIPARTITE_FUZZ_TARGET(settings, 500) {
  if (bytes.empty()) return;
  const std::string_view lines = bytes.substr(1);
  config::selection_error(lines.substr(0, lines.find('\n')));
  switch (static_cast<unsigned char>(bytes.front()) % 11) {
    case 0: return resolve(config::attend_parameters(), lines);
    case 1: return resolve(config::generate_parameters(), lines);
    case 2: return resolve(config::classify_parameters(), lines);
    case 3: return resolve(config::recall_parameters(), lines);
    case 4: return resolve(config::capacity_parameters(), lines);
    case 5: return resolve(config::astrocyte_parameters(), lines);
    case 6: return resolve(config::synapse_parameters(), lines);
    case 7: return resolve(config::network_parameters(), lines);
    case 8: return resolve(config::sweep_parameters(), lines);
    case 9: return resolve(config::network_sweep_parameters(), lines);
    default: return resolve(config::study_parameters(), lines);
  }
}
