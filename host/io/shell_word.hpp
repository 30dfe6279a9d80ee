#pragma once

#include <string>
#include <string_view>

namespace tripartite::io {

/// One word of a POSIX command line, in quotes where a shell would read it otherwise.
std::string shell_word(std::string_view word);

}  // namespace tripartite::io
