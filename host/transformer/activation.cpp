#include "host/transformer/activation.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "host/linear_algebra/parallel.hpp"

namespace tripartite::transformer {
namespace {

struct Gelu {  // x Phi(x)
  template <class Real>
  static Real value(Real x) {
    return Real(0.5) * x * (Real(1) + std::erf(x * Real(1 / std::numbers::sqrt2)));
  }
};
struct GeluTanh {  // GPT-2's approximation of Gelu
  template <class Real>
  static Real value(Real x) {
    const Real inner = Real(0.79788456080286535588) * (x + Real(0.044715) * x * x * x);  // sqrt(2/pi)
    return Real(0.5) * x * (Real(1) + std::tanh(inner));
  }
};
struct QuickGelu {
  template <class Real>
  static Real value(Real x) {
    return x / (Real(1) + std::exp(Real(-1.702) * x));
  }
};
struct ClippedGelu {  // gelu_10
  template <class Real>
  static Real value(Real x) {
    return std::clamp(Gelu::value(x), Real(-10), Real(10));
  }
};
struct Relu {
  template <class Real>
  static Real value(Real x) {
    return x < 0 ? Real(0) : x;
  }  // propagates NaN
};
struct Relu6 {
  template <class Real>
  static Real value(Real x) {
    return std::clamp(x, Real(0), Real(6));
  }
};
struct SquaredRelu {
  template <class Real>
  static Real value(Real x) {
    return Relu::value(x) * Relu::value(x);
  }
};
struct Silu {
  template <class Real>
  static Real value(Real x) {
    return x / (Real(1) + std::exp(-x));
  }
};
struct Mish {
  template <class Real>
  static Real value(Real x) {
    const Real softplus = std::max(x, Real(0)) + std::log1p(std::exp(-std::abs(x)));
    return x * std::tanh(softplus);
  }
};
struct Tanh {
  template <class Real>
  static Real value(Real x) {
    return std::tanh(x);
  }
};
struct Sigmoid {
  template <class Real>
  static Real value(Real x) {
    return Real(1) / (Real(1) + std::exp(-x));
  }
};
struct Linear {
  template <class Real>
  static Real value(Real x) {
    return x;
  }
};

template <class Real, class Function>
void apply(Real* first, Real* last) {
  const std::ptrdiff_t size = last - first;
  constexpr std::ptrdiff_t piece = 1 << 14;  // about 0.2 ms
  const auto one = [=](int number, int) {
    const std::ptrdiff_t end = std::min(size, (number + 1) * piece);
    for (std::ptrdiff_t i = number * piece; i < end; ++i) first[i] = Function::value(first[i]);
  };
  linear_algebra::run_parallel(int((size + piece - 1) / piece), one);
}

struct Entry {
  std::string_view name;
  Activation<float> single;
  Activation<double> twofold;
};
template <class Function>
constexpr Entry entry(std::string_view name) {
  return {name, apply<float, Function>, apply<double, Function>};
}

/// The names in ACT2FN of the transformers library. gelu_fast and gelu_pytorch_tanh are gelu_new with expanded terms.
constexpr Entry activations[] = {
    entry<Gelu>("gelu"),
    entry<Gelu>("gelu_python"),
    entry<GeluTanh>("gelu_new"),
    entry<GeluTanh>("gelu_fast"),
    entry<GeluTanh>("gelu_pytorch_tanh"),
    entry<QuickGelu>("quick_gelu"),
    entry<ClippedGelu>("gelu_10"),
    entry<Relu>("relu"),
    entry<Relu6>("relu6"),
    entry<SquaredRelu>("relu2"),
    entry<Silu>("silu"),
    entry<Silu>("swish"),
    entry<Mish>("mish"),
    entry<Tanh>("tanh"),
    entry<Sigmoid>("sigmoid"),
    entry<Linear>("linear"),
};

const Entry* find(std::string_view name) {
  const auto* found = std::find_if(std::begin(activations), std::end(activations),
                                   [name](const Entry& candidate) { return candidate.name == name; });
  return found == std::end(activations) ? nullptr : found;
}

}  // namespace

template <>
Activation<float> find_activation(std::string_view name) {
  const Entry* found = find(name);
  return found ? found->single : nullptr;
}
template <>
Activation<double> find_activation(std::string_view name) {
  const Entry* found = find(name);
  return found ? found->twofold : nullptr;
}

std::vector<std::string> activation_names() {
  std::vector<std::string> names;
  for (const Entry& known : activations) names.emplace_back(known.name);
  return names;
}

}  // namespace tripartite::transformer
