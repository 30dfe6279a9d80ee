#pragma once

#include "host/config/parameter_table.hpp"
#include "host/config/render.hpp"
#include "host/config/settings.hpp"
#include "host/io/atomic_file.hpp"
#include "io/temporary_directory.hpp"

namespace tripartite::config {

/// What a file with the whole configuration sets.
template <class Config>
Settings settings_of_file(const ParameterTable<Config>& table, const Config& config) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "config.toml";
  io::write_file(path, render_toml(table.description(), table.values(config)));
  Settings settings(table.parameters());
  settings.read_file(path);
  return settings;
}

}  // namespace tripartite::config
