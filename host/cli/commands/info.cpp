#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include "host/cli/commands.hpp"
#include "host/config/render.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/version.hpp"

namespace tripartite::cli {
namespace {

constexpr auto examples =
    "Examples:\n"
    "  tripartite info                 what this build can use on this machine\n"
    "  tripartite info --json          the same for a program\n"
    "  tripartite info --parameters    every parameter of every command, as Markdown\n";

nlohmann::ordered_json describe_machine() {
  nlohmann::ordered_json machine;
  machine["version"] = TRIPARTITE_VERSION;
  machine["backends"] = nlohmann::ordered_json::array();
  for (const Backend backend : {Backend::cpu, Backend::cuda}) {
    const std::string reason = why_unavailable(backend);
    nlohmann::ordered_json entry{{"name", to_string(backend)}, {"available", reason.empty()}};
    if (!reason.empty()) entry["reason"] = reason;
    machine["backends"].push_back(std::move(entry));
  }
  machine["default_backend"] = to_string(resolve(Backend::automatic));
  machine["devices"] = nlohmann::ordered_json::array();
  for (const Device& device : cuda_devices())
    machine["devices"].push_back({{"name", device.name}, {"memory_bytes", device.memory_bytes}});
  const InstructionSet best = best_instruction_set();
  machine["instruction_set"] = to_string(best);
  machine["instruction_sets"] = nlohmann::ordered_json::array();
  for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512})
    if (set <= best) machine["instruction_sets"].push_back(to_string(set));
  machine["threads"] = std::max(1U, std::thread::hardware_concurrency());
  machine["memory_available_bytes"] = available_host_memory();
  return machine;
}

std::string gigabytes(const nlohmann::ordered_json& bytes) {
  return fmt::format("{:.1f} GB", bytes.get<double>() / 1e9);
}

void print_machine(const nlohmann::ordered_json& machine, std::ostream& out) {
  const auto line = [&](std::string_view name, std::string_view value) { out << fmt::format("{}: {}\n", name, value); };
  line("version", machine["version"].get<std::string>());
  for (const auto& backend : machine["backends"])
    line(backend["name"].get<std::string>(),
         backend["available"].get<bool>() ? "available" : backend["reason"].get<std::string>());
  line("default backend", machine["default_backend"].get<std::string>());
  for (const auto& device : machine["devices"])
    line("device", fmt::format("{}, {}", device["name"].get<std::string>(), gigabytes(device["memory_bytes"])));
  line("instruction sets",
       fmt::format("{}", fmt::join(machine["instruction_sets"].get<std::vector<std::string>>(), ", ")));
  line("threads", machine["threads"].dump());
  line("memory", gigabytes(machine["memory_available_bytes"]) + " available");
}

Action declare(CLI::App& app) {
  struct Options {
    bool json = false;
    bool parameters = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::Option* json = app.add_flag("--json", options->json, "print one JSON object");
  app.add_flag("--parameters", options->parameters, "print the documentation of all parameters (docs/parameters.md)")
      ->excludes(json);
  return [options](Session& session) {
    if (options->parameters) {
      session.results << config::render_markdown(all_tables());
    } else if (options->json) {
      session.results << describe_machine().dump(2) << '\n';
    } else {
      print_machine(describe_machine(), session.results);
    }
    return Status::done;
  };
}

}  // namespace

Command info_command() {
  return {.name = "info",
          .summary = "version, backends, devices, memory; all parameters",
          .examples = examples,
          .work = {.declare = declare}};
}

}  // namespace tripartite::cli
