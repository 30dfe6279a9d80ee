#pragma once

#include <string>
#include <string_view>

#include "host/report/figure.hpp"

namespace tripartite::report {

/// gnuplot's document for `figure` as a standalone file, on a light background.
std::string to_svg_file(std::string_view document, const Figure& figure);

/// gnuplot's document for `figure` as an element of a page: texts instead of placeholders, colours that follow the page
/// (inks as variables, black as the text colour), unique names (with the prefix `name`), and `label` for screen
/// readers.
std::string to_inline_svg(std::string_view document, const Figure& figure, std::string_view name,
                          std::string_view label);

}  // namespace tripartite::report
