#pragma once

#include <functional>
#include <string>

namespace tripartite {

/// The message of the Exception that `action` throws, or a text saying that it threw none; exceptions of other types
/// propagate.
template <class Exception>
std::string error_text(const std::function<void()>& action) {
  try {
    action();
  } catch (const Exception& e) {
    return e.what();
  }
  return "nothing was thrown";
}

}  // namespace tripartite
