#include "host/io/safetensors.hpp"

#include "fuzz/target.hpp"

using namespace tripartite;

TRIPARTITE_FUZZ_TARGET(safetensors, 3000) {
  const io::Safetensors tensors(std::as_bytes(std::span(bytes)), "fuzz.safetensors");
  for (const std::string& name : tensors.names()) {
    switch (tensors.tensor(name).type) {
      case io::TensorType::f64:
      case io::TensorType::f32:
      case io::TensorType::f16:
      case io::TensorType::bf16:
      case io::TensorType::i64:
      case io::TensorType::i32:
        tensors.values<float>(name);
        tensors.values<double>(name);
        break;
      default: break;  // not read as numbers
    }
  }
}
