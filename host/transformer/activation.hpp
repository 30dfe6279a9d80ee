#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tripartite::transformer {

/// The nonlinearity of an MLP: x <- f(x), element-wise.
template <class Real>
using Activation = void (*)(Real* first, Real* last);

/// Looks up an activation by its name in config.json; nullptr for an unknown name.
template <class Real>
Activation<Real> find_activation(std::string_view name);

std::vector<std::string> activation_names();

}  // namespace tripartite::transformer
