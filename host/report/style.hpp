#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tripartite::report {

/// A colour of the page with its values on a light and on a dark background. gnuplot draws with the light value; in the
/// page every colour of this list follows the reader's theme. Light values must be unique.
struct Ink {
  std::string_view name;
  std::uint32_t light;
  std::uint32_t dark;
};

/// The seven colours for data follow Okabe and Ito (Color Universal Design, 2008), which colour-blind readers can
/// distinguish, made darker or lighter where a thin line would be too faint on its background.
inline constexpr std::array<Ink, 13> inks{{
    {"blue", 0x0072b2, 0x56b4e9},
    {"vermilion", 0xd55e00, 0xff8b4a},
    {"green", 0x00825f, 0x2fc79b},
    {"purple", 0xb4568c, 0xe39ac6},
    {"amber", 0xa87400, 0xf0c14b},
    {"sky", 0x2b94cf, 0x9bd5f7},
    {"grey", 0x5d646d, 0xb6bdc6},
    {"surface", 0xfefefe, 0x15181d},
    {"text", 0x1b1f24, 0xe4e7eb},
    {"muted", 0x646b75, 0x9aa3ad},
    {"line", 0xc9ced6, 0x414954},
    {"grid", 0xe3e6eb, 0x2a3038},
    {"card", 0xf4f6f9, 0x1d2229},
}};

/// The light value of an ink in gnuplot's syntax, with quotes: '#0072b2'. The name must be in the list.
std::string ink(std::string_view name);

/// The ink of curve number `index`, as gnuplot wants it, and its name.
std::string data_ink(std::size_t index);
std::string_view data_ink_name(std::size_t index);

/// The style sheet of every report.
std::string style_sheet();

}  // namespace tripartite::report
