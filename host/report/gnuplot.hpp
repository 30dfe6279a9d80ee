#pragma once

#include <optional>
#include <string>

namespace tripartite::report {

/// The SVG document that gnuplot, found along PATH, draws from `script`; nothing if it is not installed. The user's own
/// gnuplot settings are not read. Throws FileError with gnuplot's words if it fails.
std::optional<std::string> run_gnuplot(const std::string& script);

/// The package that holds gnuplot on Debian and Ubuntu.
inline constexpr const char* gnuplot_package = "gnuplot-nox";

}  // namespace tripartite::report
