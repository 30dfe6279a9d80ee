#include "host/report/page.hpp"

#include <fmt/format.h>

#include <cctype>

#include "host/report/gnuplot.hpp"
#include "host/report/html.hpp"
#include "host/report/page_script.hpp"
#include "host/report/style.hpp"
#include "host/report/svg.hpp"
#include "host/report/symbols.hpp"

namespace tripartite::report {
namespace {

constexpr std::string_view theme_choice =
    R"(<fieldset class="theme"><label><input type="radio" name="theme" id="theme-auto" checked> auto</label>
<label><input type="radio" name="theme" id="theme-light"> light</label>
<label><input type="radio" name="theme" id="theme-dark"> dark</label></fieldset>)";

/// "2-the-population.svg"
std::string file_name(int number, std::string_view title) {
  std::string words;
  for (const char c : title) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      words += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!words.empty() && words.back() != '-')
      words += '-';
  }
  while (!words.empty() && words.back() == '-') words.pop_back();
  return fmt::format("{}-{}.svg", number, words);
}

}  // namespace

void Page::section(std::string_view heading, std::string_view body_html) {
  body_html_ += fmt::format("<h2>{}</h2>\n{}", escape(heading), body_html);
}

void Page::picture(std::string_view title, std::string_view reading, const Picture& picture) {
  const std::string name = fmt::format("picture-{}", pictures_ + 1);
  std::string drawn_html;
  if (const auto* absent = std::get_if<Absent>(&picture)) {
    if (absent->reason.empty()) return;
    drawn_html = fmt::format("<p class=\"absent\">Not drawn: {}</p>\n", escape(absent->reason));
  } else if (const auto& figure = std::get<Figure>(picture); !lacks_gnuplot_) {
    if (const auto document = run_gnuplot(figure.script())) {
      drawn_html = fmt::format("<div class=\"scroll\">{}</div>\n", to_inline_svg(*document, figure, name, title));
      drawn_html += figure_data(figure, name, title);
      has_script_ = true;
      if (keeps_files_) files_.push_back({file_name(pictures_ + 1, title), to_svg_file(*document, figure)});
    } else {
      lacks_gnuplot_ = true;
    }
  }
  if (drawn_html.empty()) drawn_html = "<p class=\"absent\">Not drawn: gnuplot is not installed.</p>\n";
  this->picture(title, reading, std::string_view(drawn_html));
}

void Page::picture(std::string_view title, std::string_view reading, std::string_view drawn_html) {
  const std::string name = fmt::format("picture-{}", ++pictures_);
  body_html_ += fmt::format("<figure id=\"{}\"><figcaption><h3>{}</h3><p>{}</p></figcaption>\n{}</figure>\n", name,
                            with_whole_numbers(escape(title)), symbols_html(reading), drawn_html);
}

void Page::choice(std::string_view what, std::string_view reading, const std::vector<Choice>& choices) {
  body_html_ += fmt::format("<div class=\"choice\" data-what=\"{}\">\n", escape(what));
  const bool keeps_files = keeps_files_;
  for (const Choice& each : choices) {
    const bool is_first = &each == &choices.front();
    keeps_files_ = keeps_files && is_first;
    body_html_ += fmt::format("<div data-name=\"{}\"{}>\n", escape(each.name), is_first ? "" : " hidden");
    picture(each.title, reading, each.picture);
    body_html_ += "</div>\n";
  }
  keeps_files_ = keeps_files;
  body_html_ += "</div>\n";
}

std::string Page::html() const {
  const std::string note_html =
      lacks_gnuplot_ ? fmt::format(
                           "<p class=\"note\">The pictures are missing because gnuplot is not installed. On Debian and "
                           "Ubuntu it is in the package <code>{0}</code> (<code>apt install {0}</code>); then "
                           "<code>tripartite report</code> with this directory draws them.</p>\n",
                           gnuplot_package)
                     : std::string();
  const std::string script_html = has_script_ ? fmt::format("<script>\n{}</script>\n", page_script()) : std::string();
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n"
      "<header><div class=\"bar\">{}{}</div>\n<h1>{}</h1>\n{}</header>\n<main>\n{}</main>\n<footer>{}</footer>\n"
      "{}</body>\n</html>\n",
      escape(title_), style_sheet(), bar_html_, theme_choice, with_whole_numbers(symbols_html(headline_)), note_html,
      body_html_, footer_html_, script_html);
}

}  // namespace tripartite::report
