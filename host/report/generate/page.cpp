#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "host/report/counted.hpp"
#include "host/report/html.hpp"
#include "host/report/pages.hpp"
#include "host/report/summary.hpp"

namespace tripartite::report {
namespace {

std::string headline(const nlohmann::json& summary, std::size_t tokens) {
  const nlohmann::json& results = part_at(summary, "/results");
  if (tokens == 0) return "No token was drawn before the run ended";
  const double wanted = number_at(summary, "/config/input/tokens");
  const std::string drawn =
      wanted > double(tokens) ? fmt::format("{} of {}", tokens, counted(wanted, "token")) : counted(tokens, "token");
  const bool by_network = results.contains("network") && results["network"] == true;
  return fmt::format("{} wrote {} after a prompt of {}, its attention by {}", text_at(results, "/model"), drawn,
                     part_at(results, "/prompt_ids").size(),
                     by_network ? "the integrated neuron–astrocyte network" : "matrix products");
}

}  // namespace

void write_generate(const Run& run, Page& page) {
  const nlohmann::json& results = part_at(run.summary, "/results");
  const std::size_t tokens = part_at(results, "/ids").size();
  page.headline(headline(run.summary, tokens));
  if (tokens == 0) return;
  page.section("Text", fmt::format("<blockquote><b>{}</b>{}</blockquote>\n<p>In bold: the prompt.</p>\n",
                                   escape(text_at(results, "/prompt")), escape(text_at(results, "/text"))));
}

}  // namespace tripartite::report
