#pragma once

#include <string>
#include <string_view>

namespace tripartite {

/// Why `xml` is no well-formed element of XML 1.0 (tags that match, attributes once and in quotes, entities that XML
/// knows, no forbidden character); empty if it is one. Comments, CDATA and declarations are not expected and refused.
std::string why_not_well_formed(std::string_view xml);

}  // namespace tripartite
