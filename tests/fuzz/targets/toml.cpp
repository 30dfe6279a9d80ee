#include "fuzz/target.hpp"
#include "host/config/attend_parameters.hpp"
#include "host/config/render.hpp"
#include "host/config/settings.hpp"

using namespace tripartite;

TRIPARTITE_FUZZ_TARGET(toml, 2000) {
  const auto& table = config::attend_parameters();
  config::Settings settings(table.parameters());
  settings.read_document(bytes, "fuzz.toml");
  table.resolve(settings);
}
