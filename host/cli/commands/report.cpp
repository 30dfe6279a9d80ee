#include "host/report/report.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <ostream>

#include "host/cli/commands.hpp"

namespace tripartite::cli {
namespace {

constexpr auto examples =
    "Examples:\n"
    "  tripartite report runs/attend-20240131-120000     after an update, or where gnuplot was missing\n"
    "  tripartite report runs/synapse-20240131-120000 --pictures figures\n";

Action declare(CLI::App& app) {
  const auto directory = std::make_shared<std::string>();
  app.add_option("directory", *directory, "a run directory")->required()->type_name("DIR");
  const auto pictures = std::make_shared<std::string>();
  app.add_option("--pictures", *pictures, "write every picture as an SVG file into this directory, too")
      ->type_name("DIR");
  return [directory, pictures](Session& session) {
    if (pictures->empty()) {
      report::write_report(*directory, report_pages());
    } else {
      for (const auto& file : report::write_pictures(*directory, *pictures, report_pages()))
        session.results << file.string() << '\n';
    }
    session.results << (std::filesystem::path(*directory) / "report.html").string() << '\n';
    return Status::done;
  };
}

}  // namespace

Command report_command() {
  return {.name = "report",
          .summary = "write report.html of a run directory anew",
          .examples = examples,
          .work = {.declare = declare}};
}

}  // namespace tripartite::cli
