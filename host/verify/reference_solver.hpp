#pragma once

#include <string>

#include "tripartite/backend.hpp"

namespace tripartite::verify {

/// How rows call the reference attention of a backend.
inline std::string reference_solver(Backend backend) { return resolve(backend) == Backend::cuda ? "cublas" : "blas"; }

}  // namespace tripartite::verify
