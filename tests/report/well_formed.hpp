#pragma once

#include <string>
#include <string_view>

namespace tripartite {

/// Why `xml` is not a well-formed element of XML 1.0 (matching tags, unique and quoted attributes, XML's own entities,
/// no forbidden characters); empty if it is well-formed. Comments, CDATA and declarations are rejected.
std::string why_not_well_formed(std::string_view xml);

}  // namespace tripartite
