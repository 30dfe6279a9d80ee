#pragma once

#include <optional>
#include <string>

namespace tripartite::report {

/// The SVG document that gnuplot, found along PATH, draws from `script`; nullopt if gnuplot is not installed. The
/// user's gnuplot settings are not read. Throws FileError with gnuplot's message if it fails.
std::optional<std::string> run_gnuplot(const std::string& script);

/// The package with gnuplot on Debian and Ubuntu.
inline constexpr const char* gnuplot_package = "gnuplot-nox";

}  // namespace tripartite::report
