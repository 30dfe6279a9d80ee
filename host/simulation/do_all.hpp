#pragma once

#include <functional>
#include <initializer_list>

namespace tripartite::simulation {

/// Does each, whatever becomes of those before it, and then throws the error of the first that failed. What is to be
/// kept of a run does not depend on what else can be kept.
void do_all(std::initializer_list<std::function<void()>> actions);

}  // namespace tripartite::simulation
