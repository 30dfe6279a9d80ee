#include "host/simulation/do_all.hpp"

#include <exception>

namespace tripartite::simulation {

void do_all(std::initializer_list<std::function<void()>> actions) {
  std::exception_ptr first;
  for (const auto& action : actions) {
    try {
      action();
    } catch (...) {
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace tripartite::simulation
