#include "host/report/svg.hpp"

#include <algorithm>
#include <charconv>

#include "host/report/html.hpp"
#include "host/report/style.hpp"
#include "host/report/symbols.hpp"

namespace tripartite::report {
namespace {

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  if (text.find(what) == std::string::npos) return;
  std::string result;
  std::size_t from = 0;
  for (std::size_t found = text.find(what); found != std::string::npos; found = text.find(what, from)) {
    result.append(text, from, found - from).append(by);
    from = found + what.size();
  }
  text = result.append(text, from);
}

bool remove_element(std::string& svg, std::string_view begin, std::string_view end) {
  const auto first = svg.find(begin);
  const auto last = first == std::string::npos ? first : svg.find(end, first);
  if (last == std::string::npos) return false;
  svg.erase(first, last + end.size() - first);
  return true;
}

/// Replaces the placeholders "@t12@" in the output of gnuplot by the texts of `figure`.
std::string with_texts(std::string_view svg, const Figure& figure) {
  std::string result;
  for (std::size_t at = 0; at < svg.size();) {
    const auto mark = svg.find("@t", at);
    if (mark == std::string_view::npos) return result.append(svg.substr(at));
    result.append(svg.substr(at, mark - at));
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(svg.data() + mark + 2, svg.data() + svg.size(), index);
    const auto after = static_cast<std::size_t>(end - svg.data());
    const bool is_mark =
        error == std::errc() && after < svg.size() && svg[after] == '@' && index < figure.texts().size();
    if (!is_mark)
      result += "@t";
    else if (const Figure::Text& text = figure.texts()[index]; text.has_symbols)
      result += symbols_svg(text.words);
    else
      result += escape(text.words);
    at = is_mark ? after + 1 : mark + 2;
  }
  return result;
}

}  // namespace

std::string to_svg_file(std::string_view document, const Figure& figure) { return with_texts(document, figure); }

std::string to_inline_svg(std::string_view document, const Figure& figure, std::string_view name,
                          std::string_view label) {
  std::string svg(document.substr(std::min(document.find("<svg"), document.size())));
  svg.insert(std::min<std::size_t>(4, svg.size()), fmt::format(" role=\"img\" aria-label=\"{}\"", escape(label)));
  while (remove_element(svg, "<title>", "</title>")) {  // gnuplot's own names, which browsers would show
  }
  remove_element(svg, "<desc>", "</desc>");
  remove_element(svg, "<rect x=\"0\" y=\"0\"", "/>");  // the background: the page has its own
  remove_element(svg, "<filter id='textbox'", "</filter>");
  remove_element(svg, "<filter id='greybox'", "</filter>");

  for (const std::string_view name_begins : {"id='gp", "id=\"gnuplot_"})
    replace_all(svg, name_begins, fmt::format("{}{}-{}", name_begins.substr(0, 4), name, name_begins.substr(4)));
  replace_all(svg, "'#gp", fmt::format("'#{}-gp", name));

  for (const std::string_view attribute : {"color", "stroke", "fill"})
    for (const char quote : {'"', '\''})
      replace_all(svg, fmt::format("{}={}black{}", attribute, quote, quote),
                  fmt::format("{}={}currentColor{}", attribute, quote, quote));
  for (const Ink& each : inks) {
    const auto red = each.light >> 16U, green = each.light >> 8U & 0xFFU, blue = each.light & 0xFFU;
    const std::string variable = fmt::format("var(--{})", each.name);
    replace_all(svg, fmt::format("rgb({:3}, {:3}, {:3})", red, green, blue), variable);
    replace_all(svg, fmt::format("rgb({},{},{})", red, green, blue), variable);
    replace_all(svg, fmt::format("#{:06X}", each.light), variable);
    replace_all(svg, fmt::format("#{:06x}", each.light), variable);
  }
  return with_texts(svg, figure);
}

}  // namespace tripartite::report
