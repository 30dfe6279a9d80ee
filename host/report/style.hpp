#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tripartite::report {

/// A colour of the page with its value on a light and on a dark ground. gnuplot draws with the light value; in the page
/// every drawn colour of this list follows the reader's choice. No two light values may be alike.
struct Ink {
  std::string_view name;
  std::uint32_t light;
  std::uint32_t dark;
};

/// The seven for data are after Okabe and Ito (Color Universal Design, 2008), told apart by colour-blind readers,
/// darker or lighter where a thin line would be too faint on its ground.
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

/// The light value of an ink as gnuplot takes it, in quotes: '#0072b2'. The name must be in the list.
std::string ink(std::string_view name);

/// The inks for data in the order in which curves take them.
std::string data_ink(std::size_t index);

/// The style sheet of every report.
std::string style_sheet();

}  // namespace tripartite::report
