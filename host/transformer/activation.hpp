#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tripartite::transformer {

/// The nonlinearity of an MLP: x <- f(x), element by element.
template <class Real>
using Activation = void (*)(Real* first, Real* last);

/// By the name that config.json uses; nullptr if there is none of this name.
template <class Real>
Activation<Real> find_activation(std::string_view name);

std::vector<std::string> activation_names();

}  // namespace tripartite::transformer
