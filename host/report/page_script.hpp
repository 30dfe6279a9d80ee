#pragma once

#include <string>
#include <string_view>

#include "host/report/figure.hpp"

namespace tripartite::report {

/// What the page's script knows about a figure, as an element of the page: JSON that no text of a figure can leave.
/// `name` is that of the inline SVG, `title` that of the picture.
std::string figure_data(const Figure& figure, std::string_view name, std::string_view title);

/// The script of every page (page_script.js): values at the pointer, zoom, curves switched on and off, CSV. A page
/// without it loses only these.
std::string_view page_script();

}  // namespace tripartite::report
