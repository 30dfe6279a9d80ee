#pragma once

#include <functional>
#include <string>

namespace tripartite {

/// What an Exception that `action` throws says, or that it threw none; another type of exception passes.
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
