#pragma once

#include <string>
#include <string_view>

#include "host/report/figure.hpp"

namespace tripartite::report {

/// gnuplot's document for `figure` as a file of its own, on a light ground.
std::string to_svg_file(std::string_view document, const Figure& figure);

/// gnuplot's document for `figure` as an element of a page: texts in place of their marks, colours that follow the page
/// (inks as variables, black as the text's colour), names of its own (`name` is a prefix), and `label` for readers who
/// listen.
std::string to_inline_svg(std::string_view document, const Figure& figure, std::string_view name,
                          std::string_view label);

}  // namespace tripartite::report
