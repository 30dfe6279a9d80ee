#include "tripartite/report/report.hpp"

#include <memory>
#include <ostream>

#include "host/cli/command.hpp"

namespace tripartite::cli {

Action declare_report(CLI::App& app) {
  const auto directory = std::make_shared<std::string>();
  app.add_option("directory", *directory, "a run directory")->required()->type_name("DIR");
  const auto pictures = std::make_shared<std::string>();
  app.add_option("--pictures", *pictures, "write every picture as an SVG file into this directory, too")
      ->type_name("DIR");
  app.footer(
      "Examples:\n"
      "  tripartite report runs/attend-20240131-120000     after an update, or where gnuplot was missing\n"
      "  tripartite report runs/synapse-20240131-120000 --pictures figures\n");
  return [directory, pictures](Session& session) {
    if (pictures->empty()) {
      report::write_report(*directory);
    } else {
      for (const auto& file : report::write_pictures(*directory, *pictures)) session.results << file.string() << '\n';
    }
    session.results << (std::filesystem::path(*directory) / "report.html").string() << '\n';
    return Status::done;
  };
}

}  // namespace tripartite::cli
