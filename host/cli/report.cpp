#include "tripartite/report/report.hpp"

#include <memory>
#include <ostream>

#include "host/cli/command.hpp"

namespace tripartite::cli {

Action declare_report(CLI::App& app) {
  const auto directory = std::make_shared<std::string>();
  app.add_option("directory", *directory, "a run directory")->required()->type_name("DIR");
  app.footer(
      "Examples:\n"
      "  tripartite report runs/attend-20240131-120000     after an update, or where gnuplot was missing\n");
  return [directory](Session& session) {
    report::write_report(*directory);
    session.results << (std::filesystem::path(*directory) / "report.html").string() << '\n';
    return Status::done;
  };
}

}  // namespace tripartite::cli
