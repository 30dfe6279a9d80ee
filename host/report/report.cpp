#include "host/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/io/atomic_file.hpp"
#include "host/io/contained_file.hpp"
#include "host/io/strict_json.hpp"
#include "host/io/text_file.hpp"
#include "host/report/html.hpp"
#include "host/report/page.hpp"
#include "host/report/run_sections.hpp"
#include "host/report/summary.hpp"
#include "tripartite/error.hpp"

namespace tripartite::report {
namespace {

const CommandPage& page_of(const std::string& command, const std::string& source, std::span<const CommandPage> pages) {
  const auto found =
      std::find_if(pages.begin(), pages.end(), [&](const CommandPage& each) { return each.command == command; });
  if (found != pages.end()) return *found;
  std::string known;
  for (const CommandPage& each : pages) known += fmt::format("{}{}", known.empty() ? "" : ", ", each.command);
  throw FileError(fmt::format("{}: command = \"{}\": there is no report for it, only for: {}", source, command, known));
}

/// The page of a run directory, without the file.
Page page_for(const std::filesystem::path& run_directory, std::span<const CommandPage> pages, bool keeps_files) {
  const auto source = io::contained_file(run_directory, "summary.json");
  const Run run{run_directory, io::parse_json(io::read_file(source), source.string())};
  if (!run.summary.is_object()) throw FileError(source.string() + ": expected a JSON object");
  const std::string command = text_at(run.summary, "/command");
  const auto& [name, kind, parameters] = page_of(command, source.string(), pages);

  Page page(fmt::format("tripartite {}: {}", command, run_directory.lexically_normal().filename().string()),
            keeps_files);
  page.bar(status_line(run.summary));
  page.add(provenance(run.summary) + failure_note(run.summary));
  try {
    kind.write(run, page);
    page.section("Parameters", parameter_tables(run.summary, parameters ? &parameters() : nullptr));
    page.section("Time and machine",
                 "<div class=\"columns\">\n" + timing_table(run.summary) + machine_table(run.summary) + "</div>\n");
  } catch (const nlohmann::json::exception& e) {  // a value is not of the kind that this program writes there
    throw FileError(fmt::format("{}: {}", source.string(), e.what()));
  }
  page.footer(fmt::format("Written by tripartite {} from {} of this directory.",
                          escape(text_at(run.summary, "/version")), kind.files));
  return page;
}

}  // namespace

void write_report(const std::filesystem::path& run_directory, std::span<const CommandPage> pages) {
  io::write_file(run_directory / "report.html", page_for(run_directory, pages, false).html());
}

std::vector<std::filesystem::path> write_pictures(const std::filesystem::path& run_directory,
                                                  const std::filesystem::path& pictures,
                                                  std::span<const CommandPage> pages) {
  const Page page = page_for(run_directory, pages, true);
  io::write_file(run_directory / "report.html", page.html());
  std::error_code error;
  std::filesystem::create_directories(pictures, error);
  if (error) throw FileError(fmt::format("{}: cannot be made: {}", pictures.string(), error.message()));
  std::vector<std::filesystem::path> written;
  for (const Page::File& file : page.files()) {
    written.push_back(pictures / file.name);
    io::write_file(written.back(), file.svg);
  }
  return written;
}

}  // namespace tripartite::report
