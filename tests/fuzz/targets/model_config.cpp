#include "host/transformer/model_config.hpp"

#include <string>

#include "fuzz/target.hpp"
#include "host/transformer/family.hpp"
#include "host/transformer/image_processor.hpp"
#include "tripartite/error.hpp"
#include "tripartite/transformer/model.hpp"

using namespace tripartite;

namespace {

void attempt(auto reader) try { reader(); } catch (const Error&) {
}

}  // namespace

// config.json; behind a NUL, preprocessor_config.json. The weights are those of a model that has none of its tensors.
TRIPARTITE_FUZZ_TARGET(model_config, 1000) {
  const auto split = std::min(bytes.find('\0'), bytes.size());
  const std::string_view config = bytes.substr(0, split),
                         images = split == bytes.size() ? "{}" : bytes.substr(split + 1);
  const std::string weights("\x02\0\0\0\0\0\0\0{}", 10);
  transformer::ModelFiles::Contents contents;
  contents.emplace("config.json", std::as_bytes(std::span(config)));
  contents.emplace("preprocessor_config.json", std::as_bytes(std::span(images)));
  contents.emplace("model.safetensors", std::as_bytes(std::span(weights)));
  const auto files = transformer::ModelFiles::memory("fuzz", std::move(contents));
  const transformer::ModelConfig read("config.json", config);
  attempt([&] {
    const auto& family = transformer::find_family(read);
    const auto architecture = transformer::read_architecture(family, read);
    attempt([&] { transformer::ImageProcessor(files, architecture.shape); });
  });
  transformer::Model<float>{files};
}
