#pragma once

#include <string>
#include <string_view>

namespace tripartite::report {

/// The symbol of a state or parameter by its name in files: "Γ_S" of "Gamma_S", "U_0*" of "U_0_star".
std::string symbol_of(std::string_view name);

/// A unit as readers know it: "µM/s" of "uM/s"; empty for "1" and for no unit.
std::string unit_words(std::string_view unit);

/// "C [µM]" of "C" and "uM": a symbol with its unit, as axes and tables are labelled. What has no unit has [1].
std::string with_unit(std::string_view name, std::string_view unit);

/// `text`, escaped, with the index of each symbol of one letter below the line: "Γ_S [1]" has one, "favor_sharp" has
/// none.
std::string symbols_html(std::string_view text);

/// The same as the content of an element `text` of SVG.
std::string symbols_svg(std::string_view text);

}  // namespace tripartite::report
